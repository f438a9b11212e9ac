import { writeFileSync } from "node:fs";
import { IapeerError } from "../../lib/model/errors.ts";
import { isoTime, parseIsoTime } from "../../lib/model/time.ts";
import { recordText } from "../expect/record-text.ts";
import { createAnonymiser } from "../incident/anonymise.ts";
import type { Comparison } from "../incident/compare.ts";
import { foldOf } from "../incident/fold.ts";
import { createImporter, type Imported } from "../incident/importer.ts";
import type { Traces } from "../incident/otlp/index.ts";
import { type Replayed, replay } from "../incident/replay.ts";
import { TooLarge, type WriteOptions } from "../incident/write.ts";
import { formatDuration, formatVirtual } from "../language/duration.ts";
import { nearest } from "../language/problem.ts";
import type { RunOptions } from "../runner/index.ts";
import { productionRun } from "./parts.ts";
import type { ReadLine } from "./read-logs.ts";
import { openSources, type Sources } from "./read-sources.ts";

export interface IncidentOptions {
  readonly peer?: string;
  readonly from?: number;
  readonly to?: number;
  readonly output?: string;
  readonly fold?: boolean;
  readonly anonymise?: boolean;
  readonly seed?: number;
}

/** Real adapters take their time: the same decision may come so much earlier or later in a replay. */
const TOLERANCE_MS = 5_000;
/** So many lines that could not be read are shown. */
const SHOWN = 5;

/** What became of reading. */
export interface Reading {
  readonly imported: Imported;
  readonly read: number;
  readonly noun: Sources["noun"];
  /** What was left aside in traces, for people. */
  readonly aside: readonly string[];
  /** Places of lines that are damaged, or say something that this version does not know. */
  readonly passedOver: { readonly count: number; readonly shown: readonly string[] };
}

/** `iapeer incident import`; resolves with the exit status: 0 what was written decides the same, 2 it does not. */
export async function importCommand(paths: readonly string[], options: IncidentOptions): Promise<number> {
  const { imported, read, noun, aside, passedOver } = await readIncident(paths, options);
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  if (passedOver.count > 0) say(`${passedOver.count} ${noun} passed over:\n${passedOver.shown.map((place) => `  ${place}`).join("\n")}`);
  for (const sentence of aside) say(sentence);
  const source = options.anonymise === true ? (noun === "lines" ? "a log" : "traces") : paths.join(", ");
  const write: WriteOptions = {
    source,
    ...(options.seed !== undefined && { seed: options.seed }),
    ...(options.anonymise === true && { withoutStart: true }),
  };
  const replayed = await written(imported, write, options.fold === true, await productionRun(), say);
  if (options.output === undefined) process.stdout.write(replayed.text);
  else writeFileSync(options.output, replayed.text);
  const { draft, endMs } = imported;
  say(
    `${read} ${noun} read, ${imported.lines} of them taken: ${draft.inputs} inputs, ${draft.decisions.length} decisions, ${formatDuration(endMs)}`,
  );
  say(verdictText(replayed.comparison, draft.decisions.length));
  return replayed.comparison.divergences.length === 0 ? 0 : 2;
}

async function written(
  imported: Imported,
  options: WriteOptions,
  fold: boolean,
  parts: RunOptions,
  say: (text: string) => void,
): Promise<Replayed> {
  try {
    const plain = await replay(imported, options, parts, TOLERANCE_MS);
    if (!fold) return plain;
    const folded = await replay(imported, { ...options, fold: foldOf(imported) }, parts, TOLERANCE_MS);
    if (folded.comparison.divergences.length <= plain.comparison.divergences.length) return folded;
    say("not folded: a decision would have changed");
    return plain;
  } catch (error) {
    if (error instanceof TooLarge) throw new IapeerError("too-large", error.message);
    throw error;
  }
}

/** Reads and imports; rejects with what was wrong with the arguments. */
export async function readIncident(paths: readonly string[], options: IncidentOptions): Promise<Reading> {
  const { peer, from, to } = options;
  if (from !== undefined && to !== undefined && from >= to)
    throw new IapeerError("bad-window", `--from ${isoTime(from)} is not before --to ${isoTime(to)}`);
  const anonymise = options.anonymise === true ? createAnonymiser() : null;
  const importer = createImporter(anonymise === null && peer !== undefined ? { peer } : {});
  const chooser = createImporter(peer === undefined ? {} : { peer });
  const seen = { read: 0, first: "", last: "", passed: 0, shown: [] as string[] };
  const passOver = (line: ReadLine, why: string): void => {
    seen.passed += 1;
    if (seen.shown.length < SHOWN) seen.shown.push(`${line.file}:${line.line}: ${why}`);
  };
  const { lines, noun, traces, unseen } = await openSources(paths);
  for await (const line of lines) {
    seen.read += 1;
    const wall = parseIsoTime(line.record?.ts ?? "");
    if (line.record === null || wall === null) {
      passOver(line, line.record === null ? (line.why ?? "damaged") : `"${line.record.ts}" is no time`);
      continue;
    }
    seen.first ||= line.record.ts;
    seen.last = line.record.ts;
    if (wall < (from ?? Number.NEGATIVE_INFINITY) || wall > (to ?? Number.POSITIVE_INFINITY)) continue;
    if (anonymise !== null && peer !== undefined && !chooser.concerns(line.record)) continue;
    if (!importer.take(anonymise === null ? line.record : anonymise(line.record))) passOver(line, `unknown event "${line.record.ev}"`);
  }
  const names = anonymise === null ? importer.names : chooser.names;
  if (peer !== undefined && !names.has(peer)) throw unknownPeer(peer, [...names]);
  const imported = importer.finish();
  if (imported === null) throw emptyWindow(seen, paths);
  if (traces !== null) imported.draft.tell("spans do not say who sent a message");
  const unshown = traces === null ? 0 : traces.unreadable - traces.problems.length;
  const passedOver = { count: seen.passed + unshown, shown: seen.shown };
  return { imported, read: seen.read + unseen, noun, aside: traces === null ? [] : asideText(traces), passedOver };
}

function asideText({ foreign, twice }: Traces): string[] {
  return [
    ...(foreign === 0 ? [] : [`${foreign} spans of other services passed over`]),
    ...(twice === 0 ? [] : [`${twice} spans came more than once`]),
  ];
}

function unknownPeer(peer: string, names: readonly string[]): IapeerError {
  const near = nearest(peer, names);
  const known = names.length === 0 ? "it names nobody" : `it names ${names.slice(0, 20).join(", ")}`;
  return new IapeerError(
    "unknown-peer",
    `the log says nothing of a peer "${peer}"${near === null ? "" : `; did you mean "${near}"?`} (${known})`,
  );
}

function emptyWindow(
  { first, last, read, passed }: { first: string; last: string; read: number; passed: number },
  paths: readonly string[],
): IapeerError {
  const where = paths.join(", ");
  if (read === 0) return new IapeerError("empty-log", `${where}: empty`);
  if (first === "") return new IapeerError("empty-log", `${where}: none of the ${passed} lines is one of lifecycle.log`);
  return new IapeerError("empty-window", `no line in this window; the log runs from ${first} to ${last}`);
}

/** Whether the scenario decides what the log says, and where it first does not. */
export function verdictText({ same, divergences, maxApartMs }: Comparison, decisions: number): string {
  const [first] = divergences;
  if (first === undefined) return `replayed: all ${decisions} decisions come out again, at most ${maxApartMs} ms apart`;
  const side = (name: string, one: typeof first.expected): string =>
    `  ${name}  ${one === null ? "nothing more" : `${formatVirtual(one.atMs)}  ${recordText(one.record)}`}`;
  return [
    `replayed: ${same} of ${decisions} decisions come out again; ${divergences.length} of the peers part from the log, first ${first.lane}:`,
    side("log   ", first.expected),
    side("replay", first.actual),
    "  an input that the log does not hold, or a defect: the scenario is written all the same, and fails there",
  ].join("\n");
}
