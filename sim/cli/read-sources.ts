import type { LogRecord } from "../../lib/log/read-log.ts";
import { IapeerError, reasonOf } from "../../lib/model/errors.ts";
import { parseIsoTime } from "../../lib/model/time.ts";
import { createTraceReader, type Traces } from "../incident/otlp/index.ts";
import { contentKind, openText } from "./open-text.ts";
import { partsOf, type ReadLine, readLogs } from "./read-logs.ts";

/** Logs and traces as lines of one log. */
export interface Sources {
  readonly lines: AsyncIterable<ReadLine>;
  /** What was counted in the traces; null where there are none. */
  readonly traces: Traces | null;
  /** How many spans were read that are no line, or one that came otherwise. */
  readonly unseen: number;
  /** How many problems are counted and not among the lines. */
  readonly unshown: number;
  /** What they are, for people. */
  readonly noun: "lines" | "spans" | "lines and spans";
}

/** Finds out what each file holds and reads the traces, whose order is known at their end only. Rejects `no-log` for what cannot be read. */
export async function openSources(paths: readonly string[]): Promise<Sources> {
  const kinds = await Promise.all(paths.map(async (path) => ({ path, kind: await contentKind(partsOf(path).at(-1) ?? path) })));
  const [logs, files] = (["log", "traces"] as const).map((wanted) => kinds.flatMap(({ path, kind }) => (kind === wanted ? [path] : [])));
  if (logs === undefined || files === undefined || files.length === 0)
    return { lines: readLogs(paths), traces: null, unseen: 0, unshown: 0, noun: "lines" };
  const traces = await readTraces(files);
  const told = logs.length === 0 ? new Set<string>() : await spansIn(logs);
  const own = traces.lines.filter(({ record }) => !told.has(idOf(record))).length;
  const unshown = traces.unreadable - traces.problems.length;
  const counts = { traces, unshown, unseen: traces.spans - own + unshown };
  const lines = interleaved(readLogs(logs), traces, told);
  return { ...counts, lines, noun: logs.length === 0 ? "spans" : "lines and spans" };
}

async function readTraces(files: readonly string[]): Promise<Traces> {
  const reader = createTraceReader();
  for (const file of files.flatMap(partsOf)) {
    reader.file(file);
    try {
      for await (const line of linesIn(file)) reader.take(line);
    } catch (error) {
      throw new IapeerError("no-log", `${file}: cannot be read: ${reasonOf(error)}`);
    }
  }
  return reader.finish();
}

async function* linesIn(file: string): AsyncGenerator<string> {
  let pieces: string[] = [];
  for await (const chunk of openText(file)) {
    const [first = "", ...others] = String(chunk).split("\n");
    pieces.push(first);
    for (const next of others) {
      yield pieces.join("").replace(/\r$/, "");
      pieces = [next];
    }
  }
  yield pieces.join("");
}

/** Ids of the spans that the lines of logs name. */
async function spansIn(logs: readonly string[]): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const { record } of readLogs(logs)) if (record?.["span_id"] !== undefined) ids.add(idOf(record));
  return ids;
}

function idOf(record: LogRecord): string {
  return `${record["trace_id"]}-${record["span_id"]}`;
}

/**
 * Logs with the spans that no line of theirs tells, each where its decision was: before the line of the next span that has one, and by time among
 * lines without. Of a decision that is told twice the line counts, which knows more.
 */
async function* interleaved(
  logs: AsyncIterable<ReadLine>,
  { lines, problems }: Traces,
  told: ReadonlySet<string>,
): AsyncGenerator<ReadLine> {
  const place = new Map(lines.map(({ record }, index) => [idOf(record), index]));
  let next = 0;
  function* until(stop: (wall: number, index: number) => boolean): Generator<ReadLine> {
    for (let one = lines[next]; one !== undefined && !stop(one.wall, next); one = lines[next]) {
      next += 1;
      if (!told.has(idOf(one.record))) yield { file: one.file, line: one.line, record: one.record };
    }
  }
  for (const { file, line, why } of problems) yield { file, line, record: null, why };
  for await (const line of logs) {
    const index = line.record === null ? undefined : place.get(idOf(line.record));
    const wall = parseIsoTime(line.record?.ts ?? "");
    if (index !== undefined) yield* until((_wall, at) => at > index);
    else if (wall !== null) yield* until((at) => at > wall);
    yield line;
  }
  yield* until(() => false);
}
