import type { HtmlEntry, HtmlRun } from "../input.ts";
import type { PageModel } from "../shared/model.ts";
import { barsOf, shadesOf } from "./bars.ts";
import { changeList } from "./changes.ts";
import { withoutClosing } from "./closing.ts";
import { readFiles } from "./disk.ts";
import { scriptOf } from "./expectations.ts";
import { lanesOf } from "./lanes.ts";
import { marksOf } from "./marks.ts";
import { readMessages, readStates } from "./states.ts";
import { timersOf } from "./timers.ts";

/** Everything that the page draws, from a run: lanes, bars, marks, and the changes that a state "as of" any moment follows from. */
export function buildModel(run: HtmlRun): PageModel {
  const entries = withoutClosing(run.trace?.entries ?? []);
  const lanes = lanesOf(run);
  const changes = changeList();
  readStates(entries, lanes, changes);
  readMessages(entries, lanes, changes);
  readFiles(entries, lanes, changes);
  const ordered = changes.all.toSorted((left, right) => left.seq - right.seq);
  const endMs = Math.max(run.virtualMs, entries.at(-1)?.at ?? 0);
  const end = { at: endMs, seq: (entries.at(-1)?.seq ?? 0) + 1 };
  const bars = barsOf(ordered, lanes.list, end);
  const steps = stepsOf(entries);
  const script = scriptOf(run, entries, steps);
  const marks = [...marksOf(entries, lanes, (seq) => script.lines.get(seq)), ...script.marks];
  return {
    title: run.scenario?.title ?? run.title,
    verdict: run.verdict,
    file: run.file,
    source: run.scenario?.source ?? "",
    startMs: run.scenario?.startMs ?? 0,
    endMs,
    lanes: lanes.list,
    marks: marks.sort((left, right) => left.seq - right.seq || left.at - right.at),
    bars,
    shades: shadesOf(entries, bars),
    changes: ordered,
    timers: timersOf(entries, run.scenario?.config ?? {}),
    failures: script.failures,
    steps,
  };
}

function stepsOf(entries: readonly HtmlEntry[]): [number, number][] {
  const steps: [number, number][] = [];
  for (const { at, seq } of entries) {
    const last = steps.at(-1);
    if (last !== undefined && last[0] === at) last[1] = seq;
    else steps.push([at, seq]);
  }
  return steps;
}
