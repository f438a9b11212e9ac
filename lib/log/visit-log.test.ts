import { expect, test } from "vitest";
import { memoryDisk } from "../../test/support/memory-disk.ts";
import { realClock } from "../../test/support/real-clock.ts";
import { formatLine } from "./logfmt.ts";
import { visitLog } from "./visit-log.ts";

const line = (number: number): string =>
  `${formatLine({ ts: `2026-03-01T12:00:${String(number).padStart(2, "0")}.000Z`, ev: "wake", n: number })}\n`;

function stage() {
  const disk = memoryDisk();
  disk.folders.add("/logs");
  const seen: number[] = [];
  const visit = (maxBytes = 10_000_000, onRecord: () => void = () => {}) =>
    visitLog({
      ...{ disk, clock: realClock, folder: "/logs", maxBytes },
      visit: ({ n = "" }) => {
        seen.push(Number(n));
        onRecord();
      },
    });
  return { disk, seen, visit };
}

async function put(disk: ReturnType<typeof memoryDisk>, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await disk.append(`/logs/${name}`, text);
}

test("all parts, oldest first; what is damaged or torn is counted", async () => {
  const { disk, seen, visit } = stage();
  await put(disk, {
    "lifecycle.log.2": line(1),
    "lifecycle.log.1": `${line(2)}nonsense\n${line(3)}`,
    "lifecycle.log": `${line(4)}ts=torn`,
  });
  expect(await visit()).toEqual({ damaged: 2, skippedParts: 0 });
  expect(seen).toEqual([1, 2, 3, 4]);
});

test("no log is an empty one", async () => {
  expect(await stage().visit()).toEqual({ damaged: 0, skippedParts: 0 });
});

test("of a log that is larger than the bound the newest parts are read", async () => {
  const { disk, seen, visit } = stage();
  await put(disk, { "lifecycle.log.2": line(1), "lifecycle.log.1": line(2), "lifecycle.log": line(3) });
  expect(await visit(line(2).length * 2)).toEqual({ damaged: 0, skippedParts: 1 });
  expect(seen).toEqual([2, 3]);
});

test("a rotation in the middle hides no part and shows none twice", async () => {
  const { disk, seen, visit } = stage();
  await put(disk, { "lifecycle.log.1": line(1), "lifecycle.log": line(2) });
  await visit(undefined, () => {
    if (disk.files.has("/logs/lifecycle.log.2")) return;
    void disk.rename("/logs/lifecycle.log.1", "/logs/lifecycle.log.2");
    void disk.rename("/logs/lifecycle.log", "/logs/lifecycle.log.1");
    void disk.append("/logs/lifecycle.log", line(3));
  });
  expect(disk.files.get("/logs/lifecycle.log.1")).toBe(line(2));
  expect(seen).toEqual([1, 2]);
});

test("others have their turn in a long part", async () => {
  const { disk, visit } = stage();
  await put(disk, { "lifecycle.log": line(1).repeat(5_000) });
  let turns = 0;
  let going = true;
  const turn = (): void => {
    turns += 1;
    if (going) realClock.after(0, turn);
  };
  realClock.after(0, turn);
  await visit();
  going = false;
  expect(turns).toBeGreaterThan(5);
});
