import { expect, test } from "vitest";
import type { Disk } from "../ports/index.ts";
import { createDigestReader } from "./digests.ts";

/** One file in memory that counts how often it is read; the reader uses nothing else of a disk. */
function oneFile() {
  const file = { text: null as string | null, inode: 1, reads: 0 };
  const disk: Pick<Disk, "stat" | "read"> = {
    stat: async () => (file.text === null ? null : { kind: "file", size: Buffer.byteLength(file.text), modifiedMs: 0, inode: file.inode }),
    read: async () => {
      file.reads += 1;
      return file.text;
    },
  };
  const parsed: unknown[] = [];
  const reader = createDigestReader<number>(disk as Disk, 0, (sum, record) => {
    parsed.push(record["n"]);
    return sum + Number(record["n"]);
  });
  return { file, parsed, total: () => reader("/f") };
}

const line = (n: number): string => `${JSON.stringify({ n, text: "ü" })}\n`;

test("an absent file has no digest, and one that appears has", async () => {
  const { file, total } = oneFile();
  expect(await total()).toBeNull();
  file.text = line(1);
  expect(await total()).toBe(1);
});

test("a file that did not change is not read again, and of one that grew only the new lines are parsed", async () => {
  const { file, parsed, total } = oneFile();
  file.text = line(1) + line(2);
  expect([await total(), await total()]).toEqual([3, 3]);
  expect(file.reads).toBe(1);
  file.text += line(4);
  expect(await total()).toBe(7);
  expect(parsed).toEqual([1, 2, 4]);
});

test("a line that is still being written counts once it is whole", async () => {
  const { file, total } = oneFile();
  file.text = line(1) + line(2).slice(0, 5);
  expect(await total()).toBe(1);
  file.text = line(1) + line(2);
  expect(await total()).toBe(3);
});

test("a file that was replaced or cut is read anew", async () => {
  const { file, total } = oneFile();
  file.text = line(1) + line(2);
  await total();
  file.text = line(5);
  expect(await total()).toBe(5);
  file.inode = 2;
  file.text = line(7) + line(8) + line(9);
  expect(await total()).toBe(24);
});
