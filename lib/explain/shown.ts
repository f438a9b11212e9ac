import type { Explanation, PeerState } from "../lifecycle/api.ts";
import {
  explainRecordedGuard,
  explainRecordedRefusal,
  explainRecordedWake,
  type RecordedFacts,
  type RecordedGuard,
  type RecordedWake,
} from "../lifecycle/decide/explain-recorded.ts";
import type { WakeFactName } from "../lifecycle/decide/explain-wake.ts";
import { newTopic } from "../lifecycle/decide/wake.ts";
import type { LogRecord } from "../log/index.ts";

/**
 * One explanation, wherever it comes from: what `explain --json` prints. Times in ms; null and what stands in `missing` is not known, which only
 * a line of the log leaves open.
 */
export interface ShownExplanation extends Pick<RecordedWake, "decision" | "rows" | "changes" | "missing" | "fits"> {
  readonly source: "daemon" | "scenario" | "log";
  readonly identity: string;
  /** ISO time of the look, or of the line. */
  readonly at: string;
  readonly state: PeerState | null;
  readonly last: string | null;
  readonly facts: RecordedFacts & { readonly names?: readonly string[] };
  /** What the line says was decided; null for a look at how things are. */
  readonly recorded: { readonly mode: string; readonly cause: string; readonly reason: string | null; readonly by: string | null } | null;
  /** The topic that was asked about in place of the recorded one; null otherwise. */
  readonly asIfTopic: string | null;
  readonly refusal: string | null;
  readonly refusals: readonly { readonly refusal: string; readonly held: boolean | null }[];
  readonly guard: RecordedGuard & Partial<Pick<Explanation["guard"], "nextHoldMs" | "oldestLeavesInMs" | "hold">>;
  readonly idle: Explanation["idle"];
}

/** What a daemon said, real or simulated. */
export function shownLive(explanation: Explanation, source: "daemon" | "scenario"): ShownExplanation {
  const { identity, at, state, last, refusal, refusals, guard, idle, rows, changes, decision } = explanation;
  const { topics, ...facts } = decision.facts;
  const { row, mode, cause } = decision;
  const known = facts.topic === null ? {} : { known: !newTopic(decision.facts) };
  return {
    ...{ source, identity, at, state, last, recorded: null, asIfTopic: null },
    ...{ decision: { row, mode, cause }, facts: { ...facts, ...known, topics: topics.length, names: topics }, missing: [], fits: true },
    ...{ rows, changes, refusal, refusals, guard, idle },
  };
}

/** What a `wake` line says, with another topic if one is asked about. */
export function shownRecorded(line: LogRecord, topic?: string): ShownExplanation {
  const refused = line["mode"] === "refused";
  const { decision, rows, changes, facts, missing, fits } = explainRecordedWake(line, topic);
  return {
    ...{ source: "log", identity: line["identity"] ?? "", at: line.ts, state: null, last: line["last"] ?? null, idle: null },
    recorded: { mode: line["mode"] ?? "", cause: line["cause"] ?? "", reason: line["reason"] ?? null, by: line["by"] ?? null },
    asIfTopic: topic ?? null,
    // A refusal comes before the table, and none of the table's facts stand on its line.
    ...(refused
      ? { decision: null, rows: [], changes: [], facts: {}, missing: [] as WakeFactName[], fits: true }
      : { decision, rows, changes, facts, missing, fits }),
    refusal: refused ? (line["cause"] ?? null) : null,
    refusals: explainRecordedRefusal(line),
    guard: explainRecordedGuard(line),
  };
}
