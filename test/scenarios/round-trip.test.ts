import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { decisionLine, parseRecord } from "../../lib/log/index.ts";
import type { Decision } from "../../lib/model/decision.ts";
import { loadScenario } from "../../sim/cli/files.ts";
import { productionRun } from "../../sim/cli/parts.ts";
import { agreement } from "../../sim/incident/agreement.ts";
import { compareDecisions } from "../../sim/incident/compare.ts";
import { createImporter } from "../../sim/incident/importer.ts";
import { decidedBy, replay } from "../../sim/incident/replay.ts";
import { decisionsOf } from "../../sim/incident/write.ts";
import { parseScenario } from "../../sim/language/parse.ts";
import type { Action, Scenario } from "../../sim/language/scenario.ts";
import { type RunOptions, runScenario } from "../../sim/runner/index.ts";
import { play } from "../../sim/what-if/play.ts";
import { catalogueFiles } from "./catalogue.ts";

/** What no log can tell, by the word under which docs/incidents.md lists a file: the scenario must really do that. */
const HIDDEN: Readonly<Record<string, (action: Action) => boolean>> = {
  disk: ({ do: what }) => what === "faultFs",
  files: ({ do: what }) => what === "files",
  point: (action) => action.do === "daemon" && "before" in action && action.before !== undefined,
  probe: ({ do: what }) => what === "faultProbe" || what === "probe",
  paused: (action) => action.do === "daemon" && action.what === "pause",
  manager: ({ do: what }) => what === "manage",
  clock: ({ do: what }) => what === "clock",
  daemon: (action) => action.do === "daemon" && action.what === "crash",
};

interface Outcome {
  readonly file: string;
  readonly same: boolean;
  readonly passes: boolean;
  /** A replay for `iapeer what-if`, without a scenario's text, agrees with the log. */
  readonly replays: boolean;
  readonly scenario: Scenario;
}

/** Run it, take its log, import that, run what came of it: the same decisions at the same virtual milliseconds? */
async function roundTrip(file: string, parts: RunOptions): Promise<Outcome> {
  const { parsed } = loadScenario(file);
  if ("problems" in parsed) throw new Error(`${file} is no valid scenario`);
  const { scenario } = parsed;
  const { trace } = await runScenario(scenario, parts);
  const importer = createImporter();
  for (const { kind, wall, data } of trace?.entries ?? []) {
    if (kind !== "decision") continue;
    const { ev, ...fields } = data as Record<string, string> & { ev: Decision["ev"] };
    const record = parseRecord(decisionLine({ at: wall, ev, fields }));
    if (record === null || !importer.take(record)) throw new Error(`${file}: a line of its own log cannot be read`);
  }
  const imported = importer.finish();
  if (imported === null) return { file, same: false, passes: false, replays: false, scenario };
  const { text, result } = await replay(imported, { source: file, seed: scenario.seed }, parts, 0);
  // To the last moment: here, unlike on a machine, the log ends with the run.
  const decided = decidedBy(result).filter(({ atMs }) => atMs <= imported.endMs);
  const same = compareDecisions(decisionsOf(imported), decided, 0).divergences.length === 0;
  const again = parseScenario(text, `imported from ${file}`);
  const passes = same && "scenario" in again && (await runScenario(again.scenario, parts)).verdict === "pass";
  const replays = agreement(imported, (await play(imported, {}, parts, scenario.seed)).decisions, 0).divergences.length === 0;
  return { file, same, passes, replays, scenario };
}

/** The table of docs/incidents.md. */
function listed(): Map<string, string> {
  const page = readFileSync(new URL("../../docs/incidents.md", import.meta.url), "utf8");
  const table = /<!-- exceptions -->([\s\S]*?)<!-- \/exceptions -->/.exec(page)?.[1] ?? "";
  return new Map([...table.matchAll(/^\| `(\S+)` \| (\w+) \|/gm)].map(([, file = "", why = ""]) => [`scenarios/${file}.yaml`, why]));
}

describe("from the catalogue's own logs back to scenarios", () => {
  const outcomes: Outcome[] = [];
  beforeAll(async () => {
    const parts = await productionRun();
    for (const file of catalogueFiles()) outcomes.push(await roundTrip(file, parts));
  }, 600_000);

  test("the same is decided at the same times, except where docs/incidents.md says why not", () => {
    expect(outcomes.filter(({ same }) => !same).map(({ file }) => file)).toEqual([...listed().keys()]);
  });

  test("each exception is one: its scenario does what no log can tell", () => {
    const reasons = listed();
    const unfounded = outcomes.filter(({ file, scenario }) => {
      const hidden = HIDDEN[reasons.get(file) ?? ""];
      return reasons.has(file) && !scenario.timeline.some(({ action }) => action !== null && hidden?.(action.value));
    });
    expect(unfounded.map(({ file }) => file)).toEqual([]);
  });

  test("what was imported passes as a scenario of its own", () => {
    expect(outcomes.filter(({ same, passes }) => same && !passes).map(({ file }) => file)).toEqual([]);
  });

  test("what is the same as a scenario is the same for what-if", () => {
    expect(outcomes.filter(({ same, replays }) => same && !replays).map(({ file }) => file)).toEqual([]);
  });

  test("the page says how many", () => {
    const page = readFileSync(new URL("../../docs/incidents.md", import.meta.url), "utf8");
    const same = outcomes.filter((outcome) => outcome.same).length;
    expect(page).toContain(`${same} of ${outcomes.length} scenarios`);
  });
});
