import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatLine, parseLine } from "./logfmt.ts";

const key = fc.stringMatching(/^[a-z][a-zA-Z0-9_.-]{0,12}$/);
/** Any UTF-16 text: control characters, quotes, separators and lone surrogates come up often. */
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 }).map((codes) => String.fromCharCode(...codes)),
  fc
    .array(fc.constantFrom('"', "'", "\\", "\n", "\r", "=", " ", "\t", "\u2028", "\ud800", "\udfff", "\0", "n", "u", "a"), { maxLength: 8 })
    .map((all) => all.join("")),
);

describe("format and parse", () => {
  test("parse(format(x)) = x for any strings, also after a trip through UTF-8", () => {
    fc.assert(
      fc.property(fc.dictionary(key, text, { minKeys: 1, noNullPrototype: true }), (fields) => {
        const line = formatLine(fields);
        expect(parseLine(Buffer.from(line, "utf8").toString("utf8"))).toEqual(fields);
        expect(Object.keys(parseLine(line) ?? {})).toEqual(Object.keys(fields));
      }),
      { numRuns: 2000 },
    );
  });

  test("no value can forge a second record or another field", () => {
    fc.assert(
      fc.property(text, (value) => {
        const line = formatLine({ ts: "t", reason: value });
        expect(line.split(/[\r\n\v\f\u0085\u2028\u2029]/)).toHaveLength(1);
        expect(Object.keys(parseLine(line) ?? {})).toEqual(["ts", "reason"]);
      }),
      { numRuns: 2000 },
    );
  });

  test.for([
    [{ a: "" }, 'a=""'],
    [{ a: "plain-1.5:x/y" }, "a=plain-1.5:x/y"],
    [{ a: "two words" }, 'a="two words"'],
    [{ a: "k=v" }, 'a="k=v"'],
    [{ a: 'say "hi"' }, String.raw`a="say \u0022hi\u0022"`],
    [{ a: "it's" }, `a="it's"`],
    [{ a: "C:\\x" }, String.raw`a="C:\\x"`],
    [{ a: "1\n2\t3\u001b" }, String.raw`a="1\n2\u00093\u001b"`],
    [{ a: "x\ud800y" }, String.raw`a="x\ud800y"`],
    [{ a: "\u202egpj" }, String.raw`a="\u202egpj"`],
    [{ a: "日本 🎉" }, 'a="日本 🎉"'],
    [{ n: 0, f: 1.5, b: true, gone: undefined, z: "e" }, "n=0 f=1.5 b=true z=e"],
  ] as const)("%j is written %s", ([fields, line]) => {
    expect(formatLine(fields)).toBe(line);
  });

  test("a key outside the allowed letters is a programming error", () => {
    for (const bad of ["", "A", "a b", "a=b", "1a", "ä", 'a"']) expect(() => formatLine({ [bad]: "x" })).toThrow(TypeError);
  });

  test.for([
    "",
    " ",
    "a",
    "a=",
    "a=b ",
    " a=b",
    "a=b  c=d",
    'a="b',
    'a="b"c=d',
    "a=b=c",
    "a=b a=c",
    String.raw`a="\x"`,
    String.raw`a="\u12"`,
    'a=b"c',
    "ts=2026-01-01 ev=wats=2026",
  ])("%j is damaged", (line) => {
    expect(parseLine(line)).toBe(null);
  });

  test("a parsed key named like an inherited one is a plain field", () => {
    expect(parseLine("constructor=x")).toEqual({ constructor: "x" });
  });
});
