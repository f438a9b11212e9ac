import { writeFileSync } from "node:fs";
import { IapeerError } from "../../lib/model/errors.ts";
import { recordText } from "../expect/record-text.ts";
import { TOLERANCE_MS } from "../incident/agreement.ts";
import { createAnonymiser } from "../incident/anonymise.ts";
import type { Comparison } from "../incident/compare.ts";
import { foldOf } from "../incident/fold.ts";
import { createImporter, type Imported } from "../incident/importer.ts";
import { type Replayed, replay } from "../incident/replay.ts";
import { TooLarge, type WriteOptions } from "../incident/write.ts";
import { formatDuration, formatVirtual } from "../language/duration.ts";
import type { RunOptions } from "../runner/index.ts";
import { productionRun } from "./parts.ts";
import { nothingTaken, passedOverText, type Scanned, scanLogs, unknownEvent, unknownPeer } from "./scan-logs.ts";

export interface IncidentOptions {
  readonly peer?: string;
  readonly from?: number;
  readonly to?: number;
  readonly output?: string;
  readonly fold?: boolean;
  readonly anonymise?: boolean;
  readonly seed?: number;
}

/** What became of reading. */
export interface Reading {
  readonly imported: Imported;
  readonly read: number;
  readonly noun: Scanned["noun"];
  readonly passedOver: Scanned["passedOver"];
  readonly aside: Scanned["aside"];
}

/** `iapeer incident import`; resolves with the exit status: 0 what was written decides the same, 2 it does not. */
export async function importCommand(paths: readonly string[], options: IncidentOptions): Promise<number> {
  const reading = await readIncident(paths, options);
  const { imported, read, noun } = reading;
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const passedOver = passedOverText(reading);
  if (passedOver !== null) say(passedOver);
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
  const { peer } = options;
  const anonymise = options.anonymise === true ? createAnonymiser() : null;
  const importer = createImporter(anonymise === null && peer !== undefined ? { peer } : {});
  const chooser = createImporter(peer === undefined ? {} : { peer });
  const scanned = await scanLogs(paths, options, (record) => {
    if (anonymise !== null && peer !== undefined && !chooser.concerns(record)) return null;
    return importer.take(anonymise === null ? record : anonymise(record)) ? null : unknownEvent(record);
  });
  const names = anonymise === null ? importer.names : chooser.names;
  if (peer !== undefined && !names.has(peer)) throw unknownPeer(peer, [...names]);
  const imported = importer.finish();
  if (imported === null) throw nothingTaken(scanned, paths);
  const { read, noun, passedOver, aside } = scanned;
  if (noun !== "lines") imported.draft.tell("spans do not say who sent a message");
  return { imported, read, noun, passedOver, aside };
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
