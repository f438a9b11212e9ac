import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isPersonality } from "../model/identity.ts";
import { personalityOfFolder, slug } from "./slug.ts";

describe("slug", () => {
  test.for([
    ["Café №2", "cafe-no-2"],
    ["项目", "xiang-mu"],
    ["東京", "dong-jing"],
    ["Straße", "strasse"],
    ["Наталья", "natalya"],
    ["Ω", "o"],
    ["  a   b  ", "a-b"],
    ["a___b...c", "a-b-c"],
    ["2nd", "2nd"],
    ["🎉", ""],
    ["---", ""],
    ["①②③", ""],
    ["Cafe\u0301", "cafe"],
    [`${"a".repeat(31)}-b`, "a".repeat(31)],
    ["x".repeat(40), "x".repeat(32)],
  ] as const)("%j gives %j", ([name, expected]) => {
    expect(slug(name)).toBe(expected);
  });

  test("is idempotent and only fails the name rule by being empty or starting with a digit", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (name) => {
        const once = slug(name);
        expect(slug(once)).toBe(once);
        expect(isPersonality(once) || once === "" || /^[0-9]/.test(once)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("the name that a folder gives", () => {
  test("is the slug of its last part", () => {
    expect(personalityOfFolder("/home/me/My Project/")).toBe("my-project");
  });

  test.for([
    [
      "/srv/2nd",
      'the folder name "2nd" gives no peer name ("2nd" is left of it): a name starts with a letter a–z; rename the folder or choose another',
    ],
    [
      "/srv/🎉",
      'the folder name "🎉" gives no peer name (nothing is left of it): a name starts with a letter a–z; rename the folder or choose another',
    ],
    [
      "/",
      'the folder name "" gives no peer name (nothing is left of it): a name starts with a letter a–z; rename the folder or choose another',
    ],
  ] as const)("%s is refused", ([cwd, message]) => {
    expect(() => personalityOfFolder(cwd)).toThrow(expect.objectContaining({ code: "bad-name", message }));
  });
});
