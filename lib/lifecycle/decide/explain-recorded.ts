import { explainGuard, type GuardExplanation, readHeldReason } from "./explain-guard.ts";
import type { RefusalStep } from "./explain-refusal.ts";
import { type ExplainedRow, explainWake, type WakeChange, type WakeExplanation, type WakeFactName } from "./explain-wake.ts";
import type { GuardVerdict } from "./guard.ts";
import { REFUSALS } from "./refuse.ts";
import { normaliseTopic } from "./topics.ts";
import { decideWake, RESUME_REJECTED, type WakeDecision, type WakeFacts } from "./wake.ts";

/** The facts that a `wake` line holds; what it does not hold is absent. */
export interface RecordedFacts extends Partial<Omit<WakeFacts, "topics">> {
  /** How many topics the conversation had, and whether the message's was one of them. */
  readonly topics?: number;
  readonly known?: boolean;
}

/** A wake that was decided earlier, explained from its line alone: what the line does not hold is null or missing, never guessed. */
export interface RecordedWake {
  readonly facts: RecordedFacts;
  /** Facts of the decision that the line does not hold. */
  readonly missing: readonly WakeFactName[];
  /** What was decided; null when a changed topic was asked for and it cannot be told. */
  readonly decision: Pick<WakeDecision, "row" | "mode" | "cause"> | null;
  readonly rows: readonly (Omit<ExplainedRow, "held"> & { readonly held: boolean | null })[];
  /** Only those that follow whatever the missing facts were. */
  readonly changes: readonly WakeChange[];
  /** False: no facts that fit the line lead to what it says; another version may have written it. */
  readonly fits: boolean;
}

type Line = Readonly<Record<string, string>>;

/** `topic`: as if the message had had this one instead. */
export function explainRecordedWake(line: Line, topic?: string): RecordedWake {
  const facts = factsOf(line);
  const all = completions(facts);
  const fitting = all.filter((complete) => leadsTo(complete, line));
  const asIf = topic === undefined ? undefined : normaliseTopic(topic);
  const worlds = (fitting.length > 0 ? fitting : all).flatMap((complete) =>
    asIf === undefined ? [complete] : withTopic(complete, asIf, facts),
  );
  const explained = worlds.map((complete) => explainWake(complete, decidedIn(complete, line, asIf !== undefined)));
  return { facts, missing: missingOf(facts), fits: fitting.length > 0, ...inAll(explained) };
}

function factsOf(line: Line): RecordedFacts {
  const flag = (key: string): boolean | undefined => (line[key] === "true" ? true : line[key] === "false" ? false : undefined);
  const asked = (["fresh", "resume", "auto"] as const).find((word) => word === line["asked"]);
  const kind = (["conversational", "executor"] as const).find((word) => word === line["kind"]);
  const topics = /^\d+$/.test(line["topics"] ?? "") ? Number(line["topics"]) : undefined;
  const topic = asked === undefined ? undefined : normaliseTopic(line["topic"]);
  const facts = {
    asked,
    newEager: flag("eager"),
    freshNext: flag("reload"),
    hadSession: flag("had"),
    parked: flag("parked"),
    kind,
    topic,
    // A conversation without topics knows none.
    known: flag("known") ?? (topic != null && topics === 0 ? false : undefined),
    topics,
    resumable: flag("resumable"),
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as RecordedFacts;
}

const FLAGS = ["newEager", "freshNext", "hadSession", "parked", "resumable"] as const;
const NAMES: readonly WakeFactName[] = ["asked", ...FLAGS, "kind", "topic"];

function missingOf(facts: RecordedFacts): WakeFactName[] {
  return NAMES.filter((name) => facts[name] === undefined || (name === "topic" && facts.topic !== null && facts.known === undefined));
}

/** Every way in which the missing facts may have been. */
function completions(facts: RecordedFacts): WakeFacts[] {
  const either = <T>(value: T | undefined, others: readonly T[]): readonly T[] => (value === undefined ? others : [value]);
  let all: Partial<WakeFacts>[] = [{}];
  const add = <K extends keyof WakeFacts>(key: K, values: readonly WakeFacts[K][]): void => {
    all = all.flatMap((before) => values.map((value) => ({ ...before, [key]: value })));
  };
  add("asked", either(facts.asked, ["fresh", "resume", "auto"]));
  for (const flag of FLAGS) add(flag, either(facts[flag], [false, true]));
  add("kind", either(facts.kind, ["conversational", "executor"]));
  add("topic", either(facts.topic, [null, "a topic"]));
  const known = either(facts.known, [false, true]);
  return all.flatMap((one) => {
    const { topic = null } = one;
    const sets = topic === null ? [[]] : known.map((isKnown) => (isKnown ? [topic] : []));
    return sets.map((topics) => ({ ...one, topics }) as WakeFacts);
  });
}

function leadsTo(facts: WakeFacts, { cause }: Line): boolean {
  const decision = decideWake(facts);
  return cause === RESUME_REJECTED.cause ? decision.mode === "resume" && facts.asked !== "resume" : decision.cause === cause;
}

/** The runtime would have rejected the same conversation. */
function decidedIn(facts: WakeFacts, { cause }: Line, asIf: boolean): WakeDecision {
  const decision = decideWake(facts);
  if (cause !== RESUME_REJECTED.cause || (asIf && decision.mode !== "resume")) return decision;
  return { ...RESUME_REJECTED, facts };
}

/** The same peer with a message of another topic: whether its conversation knows that one stands on the line only for the message's own. */
function withTopic(facts: WakeFacts, topic: string | null, recorded: RecordedFacts): WakeFacts[] {
  if (topic === null || topic === recorded.topic) return [{ ...facts, topic }];
  if (recorded.topics === 0) return [{ ...facts, topic, topics: [] }];
  return [[], [topic]].map((topics) => ({ ...facts, topic, topics }));
}

/** What is the same in all of them. */
function inAll(explained: readonly WakeExplanation[]): Pick<RecordedWake, "decision" | "rows" | "changes"> {
  const [first] = explained;
  if (first === undefined) return { decision: null, rows: [], changes: [] };
  const { row, mode, cause } = first.decision;
  const rows = first.rows.map((one, index) => {
    const others = explained.flatMap(({ rows: all }) => all[index] ?? []);
    const held = others.every((other) => other.held === one.held) ? one.held : null;
    return { ...one, held, by: one.by.filter((fact) => others.every(({ by }) => by.includes(fact))) };
  });
  const same = (change: WakeChange) => (other: WakeChange) => other.change === change.change && other.cause === change.cause;
  return {
    decision: explained.every(({ decision }) => decision.cause === cause) ? { row, mode, cause } : null,
    rows,
    changes: first.changes.filter((change) => explained.every(({ changes }) => changes.some(same(change)))),
  };
}

/** A refusal on record: those before it did not hold, those after it were not looked at (null). Of a wake that went on, none held. */
export function explainRecordedRefusal(line: Line): (Omit<RefusalStep, "held"> & { readonly held: boolean | null })[] {
  const cause = line["mode"] === "refused" ? (line["cause"] ?? "") : null;
  if (cause === null) return REFUSALS.map((refusal) => ({ refusal, held: false }));
  const midWake = cause.endsWith(MID_WAKE);
  const at = (REFUSALS as readonly string[]).indexOf(midWake ? cause.slice(0, -MID_WAKE.length) : cause);
  return REFUSALS.map((refusal, index) => ({ refusal, held: index === at ? true : index < at && !midWake ? false : null }));
}

const MID_WAKE = "-mid-wake";

/** What a line says of the crash-loop guard; nulls are not recorded. */
export interface RecordedGuard extends Pick<GuardExplanation, "verdict" | "heldForMs"> {
  readonly deaths: number | null;
  readonly max: number | null;
  readonly windowMs: number | null;
  readonly deathsToHold: number | null;
}

export function explainRecordedGuard(line: Line): RecordedGuard {
  const held = line["cause"] === "crash-loop" ? readHeldReason(line["reason"] ?? "") : null;
  const number = (key: string): number | null => (/^\d+(\.\d+)?$/.test(line[key] ?? "") ? Number(line[key]) : null);
  const [deaths, max, window] = [held?.deaths ?? number("deaths"), number("limit"), number("window")];
  const windowMs = held?.windowMs ?? (window === null ? null : window * 1000);
  const complete = deaths !== null && max !== null && windowMs !== null;
  const ages = complete ? Array<number>(deaths).fill(0) : [];
  return {
    verdict: verdictOf(line),
    deaths,
    max,
    windowMs,
    deathsToHold: complete ? explainGuard({ deathAges: ages, max, windowMs, hold: null, operator: false }).deathsToHold : null,
    heldForMs: held?.remainingMs ?? null,
  };
}

function verdictOf(line: Line): GuardVerdict["verdict"] {
  if (line["cause"] === "crash-loop") return "held";
  if (line["reason"] === "operator-override") return "override";
  return line["probe"] === "true" ? "probe" : "clear";
}
