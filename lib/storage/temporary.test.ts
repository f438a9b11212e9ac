import { expect, test } from "vitest";
import { folderOf, joinPath, nameOf } from "./paths.ts";
import { targetOfTemporary, temporaryNames } from "./temporary.ts";

test("temporary names lie beside their target and never repeat, also between writers", () => {
  const [one, two] = [temporaryNames("4711-1"), temporaryNames("4711-2")];
  const names = [one.next("/r/a.session"), one.next("/r/a.session"), two.next("/r/a.session")];
  expect(names).toEqual(["/r/.a.session.4711-1-1.tmp", "/r/.a.session.4711-1-2.tmp", "/r/.a.session.4711-2-1.tmp"]);
});

test("a temporary name leads back to its target; other names lead nowhere", () => {
  for (const path of ["/r/a.session", "/r/.hidden", "/a", "/r/x.tmp"]) {
    expect(targetOfTemporary(temporaryNames("4711-1").next(path))).toBe(path);
  }
  for (const path of ["/r/a.session", "/r/.hidden", "/r/x.tmp", "/r/.tmp", "/r/.x.tmp", "/r/.x.y.tmp", "/r/.a.session.4711-1-1.tmp/b"]) {
    expect(targetOfTemporary(path)).toBeNull();
  }
});

test("a token that could break a name is refused", () => {
  for (const token of ["", "a/b", "a.b", "a b"]) expect(() => temporaryNames(token)).toThrow(/letters, digits and dashes/);
});

test("paths are taken apart and put together", () => {
  expect([folderOf("/a/b"), folderOf("/a"), folderOf("/")]).toEqual(["/a", "/", "/"]);
  expect([nameOf("/a/b"), nameOf("/a"), nameOf("/")]).toEqual(["b", "a", ""]);
  expect([joinPath("/a", "b"), joinPath("/", "b")]).toEqual(["/a/b", "/b"]);
});
