import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parseRecord } from "../../lib/log/index.ts";
import type { LogRecord } from "../../lib/log/read-log.ts";
import { IapeerError, reasonOf } from "../../lib/model/errors.ts";
import { parseIsoTime } from "../../lib/model/time.ts";
import { openText } from "./open-text.ts";

/** One line of one of the files. */
export interface ReadLine {
  readonly file: string;
  readonly line: number;
  /** Null when it is damaged. */
  readonly record: LogRecord | null;
  /** What is wrong with it, where more is known than that. */
  readonly why?: string;
}

/** Longer than any line that is written: 16,000 characters of a text never stand in one. */
const MAX_LINE = 1 << 20;

/**
 * The lines of several logs, merged by time, one at a time. A log comes with its rotated parts (`.1` is the newest), oldest first; within one log
 * the order of the lines is kept whatever their times say, because a clock may have been set back. Rejects `no-log` for what cannot be read.
 */
export async function* readLogs(paths: readonly string[]): AsyncGenerator<ReadLine> {
  const logs = paths.map((path) => linesOf(partsOf(path)));
  const heads = await Promise.all(logs.map(async (log) => ({ log, next: await log.next() })));
  for (;;) {
    const open = heads.filter(({ next }) => next.done !== true);
    const first = open.reduce<(typeof open)[number] | null>(
      (best, one) => (best === null || timeOf(one) < timeOf(best) ? one : best),
      null,
    );
    if (first === null || first.next.done === true) return;
    yield first.next.value;
    first.next = await first.log.next();
  }
}

/** A damaged line goes with the one before it. */
function timeOf({ next }: { readonly next: IteratorResult<ReadLine> }): number {
  return next.done === true ? Number.POSITIVE_INFINITY : (parseIsoTime(next.value.record?.ts ?? "") ?? Number.NEGATIVE_INFINITY);
}

/** The file and its rotated parts, oldest first; of a folder, the `lifecycle.log` in it. */
export function partsOf(path: string): string[] {
  if (!existsSync(path)) throw new IapeerError("no-log", `${path}: there is no such file`);
  const file = statSync(path).isDirectory() ? logIn(path) : path;
  if (!file.endsWith(".log")) return [file];
  const name = `${basename(file)}.`;
  const parts = readdirSync(dirname(file)).flatMap((other) => {
    const number = other.startsWith(name) ? /^([1-9]\d*)(\.gz)?$/.exec(other.slice(name.length))?.[1] : undefined;
    return number === undefined ? [] : [{ number: Number(number), path: join(dirname(file), other) }];
  });
  return [...parts.sort((left, right) => right.number - left.number).map((part) => part.path), file];
}

function logIn(folder: string): string {
  for (const inside of ["lifecycle.log", "logs/iapeer/lifecycle.log"]) if (existsSync(join(folder, inside))) return join(folder, inside);
  throw new IapeerError("no-log", `${folder}: there is no lifecycle.log in this folder`);
}

async function* linesOf(files: readonly string[]): AsyncGenerator<ReadLine> {
  for (const file of files) yield* linesIn(file);
}

async function* linesIn(file: string): AsyncGenerator<ReadLine> {
  let [rest, line] = ["", 0];
  try {
    for await (const chunk of openText(file)) {
      const lines = `${rest}${String(chunk)}`.split("\n");
      rest = (lines.pop() ?? "").slice(0, MAX_LINE);
      for (const text of lines) {
        line += 1;
        yield { file, line, record: parseRecord(text) };
      }
    }
  } catch (error) {
    throw new IapeerError("no-log", `${file}: cannot be read after line ${line}: ${reasonOf(error)}`);
  }
  // Half a line at the end was cut off by whoever wrote it.
  if (rest !== "") yield { file, line: line + 1, record: null };
}
