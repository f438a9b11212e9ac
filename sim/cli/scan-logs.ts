import type { LogRecord } from "../../lib/log/read-log.ts";
import { IapeerError } from "../../lib/model/errors.ts";
import { isoTime, parseIsoTime } from "../../lib/model/time.ts";
import type { Traces } from "../incident/otlp/index.ts";
import { nearest } from "../language/problem.ts";
import { openSources, type Sources } from "./read-sources.ts";

/** Wall epoch ms, both inclusive. */
export interface LogWindow {
  readonly from?: number;
  readonly to?: number;
}

/** What became of reading. */
export interface Scanned {
  readonly read: number;
  /** What was read: lines of logs, spans of traces, or both. */
  readonly noun: Sources["noun"];
  /** Places of lines that are damaged, or say something that this version does not know. */
  readonly passedOver: { readonly count: number; readonly shown: readonly string[] };
  /** What was left aside in traces, for people. */
  readonly aside: readonly string[];
  /** Times of the first and the last line that has one; empty without. */
  readonly first: string;
  readonly last: string;
}

/** So many lines that could not be read are shown. */
const SHOWN = 5;

/** Hands every line of the window to `take`, which says what is wrong with it, or null. Rejects with what was wrong with the arguments. */
export async function scanLogs(
  paths: readonly string[],
  { from, to }: LogWindow,
  take: (record: LogRecord) => string | null,
): Promise<Scanned> {
  if (from !== undefined && to !== undefined && from >= to)
    throw new IapeerError("bad-window", `--from ${isoTime(from)} is not before --to ${isoTime(to)}`);
  const seen = { read: 0, first: "", last: "", passed: 0, shown: [] as string[] };
  const { lines, noun, traces, unseen, unshown } = await openSources(paths);
  for await (const { file, line, record, why } of lines) {
    seen.read += 1;
    const wall = parseIsoTime(record?.ts ?? "");
    let wrong: string | null = null;
    if (record === null || wall === null) wrong = record === null ? (why ?? "damaged") : `"${record.ts}" is no time`;
    else {
      seen.first ||= record.ts;
      seen.last = record.ts;
      if (wall >= (from ?? Number.NEGATIVE_INFINITY) && wall <= (to ?? Number.POSITIVE_INFINITY)) wrong = take(record);
    }
    if (wrong === null) continue;
    seen.passed += 1;
    if (seen.shown.length < SHOWN) seen.shown.push(`${file}:${line}: ${wrong}`);
  }
  const { read, first, last, passed, shown } = seen;
  const aside = traces === null ? [] : asideOf(traces);
  return { read: read + unseen, noun, first, last, passedOver: { count: passed + unshown, shown }, aside };
}

function asideOf({ foreign, twice }: Traces): string[] {
  return [
    ...(foreign === 0 ? [] : [`${foreign} spans of other services left aside`]),
    ...(twice === 0 ? [] : [`${twice} spans came more than once`]),
  ];
}

/** `take` of an importer that does not know the event. */
export function unknownEvent({ ev }: LogRecord): string {
  return `unknown event "${ev}"`;
}

/** What could not be read and what was left aside; null when there is nothing to say. */
export function passedOverText({
  passedOver: { count, shown },
  noun,
  aside,
}: Pick<Scanned, "passedOver" | "noun" | "aside">): string | null {
  const passed = count === 0 ? [] : [`${count} ${noun} passed over:`, ...shown.map((place) => `  ${place}`)];
  return passed.length + aside.length === 0 ? null : [...passed, ...aside].join("\n");
}

export function unknownPeer(peer: string, names: readonly string[]): IapeerError {
  const near = nearest(peer, names);
  const known = names.length === 0 ? "it names nobody" : `it names ${names.slice(0, 20).join(", ")}`;
  return new IapeerError(
    "unknown-peer",
    `the log says nothing of a peer "${peer}"${near === null ? "" : `; did you mean "${near}"?`} (${known})`,
  );
}

/** Nothing of it could be used. */
export function nothingTaken({ first, last, read, noun }: Scanned, paths: readonly string[]): IapeerError {
  const where = paths.join(", ");
  if (read === 0) return new IapeerError("empty-log", `${where}: empty`);
  if (first === "")
    return new IapeerError(
      "empty-log",
      `${where}: none of the ${read} ${noun} is ${noun === "lines" ? "one of lifecycle.log" : "a decision of ours"}`,
    );
  return new IapeerError("empty-window", `no line in this window; the log runs from ${first} to ${last}`);
}
