import { readFileSync } from "node:fs";
import { decisionLine, parseRecord } from "../../lib/log/index.ts";
import type { LogRecord } from "../../lib/log/read-log.ts";
import type { Decision } from "../../lib/model/decision.ts";
import { loadScenario } from "../../sim/cli/files.ts";
import { agreement } from "../../sim/incident/agreement.ts";
import { compareDecisions } from "../../sim/incident/compare.ts";
import { createImporter, type Imported } from "../../sim/incident/importer.ts";
import { decidedBy, replay } from "../../sim/incident/replay.ts";
import { decisionsOf } from "../../sim/incident/write.ts";
import { parseScenario } from "../../sim/language/parse.ts";
import type { Action, Scenario } from "../../sim/language/scenario.ts";
import { type RunOptions, type RunResult, runScenario } from "../../sim/runner/index.ts";
import { play } from "../../sim/what-if/play.ts";
import { catalogueFiles } from "./catalogue.ts";

/** What nothing that is recorded can tell, by the word under which docs/incidents.md lists a file: the scenario must really do that. */
export const HIDDEN: Readonly<Record<string, (action: Action) => boolean>> = {
  disk: ({ do: what }) => what === "faultFs",
  files: ({ do: what }) => what === "files",
  point: (action) => action.do === "daemon" && "before" in action && action.before !== undefined,
  probe: ({ do: what }) => what === "faultProbe" || what === "probe",
  paused: (action) => action.do === "daemon" && action.what === "pause",
  manager: ({ do: what }) => what === "manage",
  clock: ({ do: what }) => what === "clock",
  daemon: (action) => action.do === "daemon" && action.what === "crash",
};

export interface Outcome {
  readonly file: string;
  readonly same: boolean;
  readonly passes: boolean;
  /** A replay for `iapeer what-if`, without a scenario's text, agrees with what was recorded. */
  readonly replays: boolean;
  readonly scenario: Scenario;
}

/** What a run leaves to import from. */
export type Recorded = (result: RunResult, file: string) => readonly LogRecord[];

/** Every line of a run's log, written and read again. */
export function logOf({ trace }: RunResult, file: string): LogRecord[] {
  const decisions = (trace?.entries ?? []).filter(({ kind }) => kind === "decision");
  return decisions.map(({ wall, data }) => {
    const { ev, ...fields } = data as Record<string, string> & { ev: Decision["ev"] };
    const record = parseRecord(decisionLine({ at: wall, ev, fields }));
    if (record === null) throw new Error(`${file}: a line of its own log cannot be read`);
    return record;
  });
}

/** Runs a scenario of the catalogue and gives what it left. */
export async function recordsOf(file: string, parts: RunOptions, recorded: Recorded) {
  const { parsed } = loadScenario(file);
  if ("problems" in parsed) throw new Error(`${file} is no valid scenario`);
  const { scenario } = parsed;
  const result = await runScenario(scenario, { ...parts, world: { ...parts.world, telemetry: { keepSpans: true } } });
  return { scenario, records: recorded(result, file) };
}

export function importedFrom(records: readonly LogRecord[], file: string): Imported | null {
  const importer = createImporter();
  for (const record of records) if (!importer.take(record)) throw new Error(`${file}: what it recorded cannot be read`);
  return importer.finish();
}

/** Run it, take what it left, import that, run what came of it: the same decisions at the same virtual milliseconds? */
async function roundTrip(file: string, parts: RunOptions, recorded: Recorded): Promise<Outcome> {
  const { scenario, records } = await recordsOf(file, parts, recorded);
  const imported = importedFrom(records, file);
  if (imported === null) return { file, same: false, passes: false, replays: false, scenario };
  const { text, result } = await replay(imported, { source: file, seed: scenario.seed }, parts, 0);
  // To the last moment: here, unlike on a machine, what was recorded ends with the run.
  const decided = decidedBy(result).filter(({ atMs }) => atMs <= imported.endMs);
  const same = compareDecisions(decisionsOf(imported), decided, 0).divergences.length === 0;
  const again = parseScenario(text, `imported from ${file}`);
  const passes = same && "scenario" in again && (await runScenario(again.scenario, parts)).verdict === "pass";
  const replays = agreement(imported, (await play(imported, {}, parts, scenario.seed)).decisions, 0).divergences.length === 0;
  return { file, same, passes, replays, scenario };
}

export async function allRoundTrips(parts: RunOptions, recorded: Recorded): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const file of catalogueFiles()) outcomes.push(await roundTrip(file, parts, recorded));
  return outcomes;
}

export const page = (): string => readFileSync(new URL("../../docs/incidents.md", import.meta.url), "utf8");

/** A table of docs/incidents.md: file → word. */
export function listed(name: string): Map<string, string> {
  const table = new RegExp(`<!-- ${name} -->([\\s\\S]*?)<!-- /${name} -->`).exec(page())?.[1] ?? "";
  return new Map([...table.matchAll(/^\| `(\S+)` \| (\w+) \|/gm)].map(([, file = "", why = ""]) => [`scenarios/${file}.yaml`, why]));
}

/** Exceptions whose scenario does nothing of the kind. */
export function unfounded(outcomes: readonly Outcome[], reasons: ReadonlyMap<string, string>): string[] {
  const wrong = outcomes.filter(({ file, scenario }) => {
    const hidden = HIDDEN[reasons.get(file) ?? ""];
    return reasons.has(file) && !scenario.timeline.some(({ action }) => action !== null && hidden?.(action.value));
  });
  return wrong.map(({ file }) => file);
}
