import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { readIncident } from "./incident-command.ts";
import { readLogs } from "./read-logs.ts";

const folder = mkdtempSync(join(tmpdir(), "iap-logs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const line = (second: number, name = "scout"): string =>
  `ts=2026-01-01T00:00:${String(second).padStart(2, "0")}.000Z ev=new identity=claude-${name}\n`;

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, name.endsWith(".gz") ? gzipSync(text) : text);
  return path;
}

async function placesOf(paths: readonly string[]): Promise<string[]> {
  const places: string[] = [];
  for await (const { file, line: number, record } of readLogs(paths))
    places.push(`${file.slice(folder.length + 1)}:${number} ${record?.ts.slice(17, 19) ?? "damaged"}`);
  return places;
}

const log = write("lifecycle.log", `${line(5)}half a li\n${line(6)}ts=2026-01-01T00:00:07.000Z ev=n`);
write("lifecycle.log.1", line(3) + line(4, "ä"));
write("lifecycle.log.2.gz", line(1) + line(2));
const other = write("other.log", line(2, "clerk") + line(6, "clerk"));

test("rotated and gzipped parts come before their log, several logs are merged by time, damaged lines keep their places", async () => {
  expect(await placesOf([log, other])).toEqual([
    ...["lifecycle.log.2.gz:1 01", "lifecycle.log.2.gz:2 02", "other.log:1 02", "lifecycle.log.1:1 03", "lifecycle.log.1:2 04"],
    ...["lifecycle.log:1 05", "lifecycle.log:2 damaged", "lifecycle.log:3 06", "lifecycle.log:4 damaged", "other.log:2 06"],
  ]);
  expect((await placesOf([folder])).length).toBe(8);
});

test("what could not be read is counted and shown with its place", async () => {
  const { imported, read, passedOver } = await readIncident([log], { peer: "scout" });
  expect({ read, lines: imported.lines }).toEqual({ read: 8, lines: 5 });
  expect(passedOver).toEqual({ count: 2, shown: [`${log}:2: damaged`, `${log}:4: damaged`] });
});

test("wrong arguments get one error that says what is there", async () => {
  await expect(readIncident([join(folder, "gone.log")], {})).rejects.toThrow(/gone\.log: there is no such file/);
  await expect(readIncident([log], { peer: "scuot" })).rejects.toThrow(/did you mean "scout"\?/);
  await expect(readIncident([log], { from: Date.UTC(2027, 0, 1) })).rejects.toThrow(
    /the log runs from 2026-01-01T00:00:01\.000Z to 2026-01-01T00:00:06/,
  );
  await expect(readIncident([log], { from: 2, to: 1 })).rejects.toThrow(/is not before --to/);
  await expect(readIncident([write("notes.txt", "hello\n")], {})).rejects.toThrow(/none of the 1 lines is one of lifecycle\.log/);
  await expect(readIncident([write("torn.gz", "")], {})).rejects.toThrow(/torn\.gz: empty/);
});
