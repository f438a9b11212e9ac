import {
  decideWake,
  newTopic,
  RESUME_REJECTED,
  WAKE_TABLE,
  type WakeDecision,
  type WakeFacts,
  type WakeMode,
  type WakeRow,
} from "./wake.ts";

/** A fact of the wake decision by its name; `topic` stands for the topic and whether the conversation knows it. */
export type WakeFactName = Exclude<keyof WakeFacts, "topics">;

export interface ExplainedRow extends Omit<WakeRow, "holds"> {
  readonly held: boolean;
  /** The facts that would turn it, each alone; where none does alone, the pairs that would together. */
  readonly by: readonly WakeFactName[];
}

export interface WakeChange {
  /** What would have to be otherwise, as a clause. */
  readonly change: string;
  readonly mode: WakeMode;
  readonly cause: string;
}

export interface WakeExplanation {
  readonly decision: WakeDecision;
  readonly rows: readonly ExplainedRow[];
  readonly changes: readonly WakeChange[];
}

/**
 * Every row with held or not and by which facts, and for each single changed fact what would be decided instead (§13 `explain`). `decision` is
 * given where something came after the table: the fallback of a rejected resume.
 */
export function explainWake(facts: WakeFacts, decision: WakeDecision = decideWake(facts)): WakeExplanation {
  const rows = WAKE_TABLE.map(({ holds, ...row }) => ({ ...row, held: holds(facts), by: turningFacts(holds, facts) }));
  return { decision, rows, changes: otherDecisions(facts, decision) };
}

/** The single changes of these facts that would have decided otherwise. */
export function otherDecisions(facts: WakeFacts, decision: Pick<WakeDecision, "cause">): WakeChange[] {
  const found = singleChanges(facts).flatMap(({ change, changed }) => {
    const other = decideWake(changed);
    return other.cause === decision.cause ? [] : [{ change, mode: other.mode, cause: other.cause }];
  });
  const tried = decision.cause === RESUME_REJECTED.cause;
  return tried ? [{ change: "the runtime had taken the conversation", ...pick(decideWake(facts)) }, ...found] : found;
}

function pick({ mode, cause }: WakeDecision): Pick<WakeDecision, "mode" | "cause"> {
  return { mode, cause };
}

function turningFacts(holds: WakeRow["holds"], facts: WakeFacts): WakeFactName[] {
  const held = holds(facts);
  const all = variants(facts);
  const alone = all.filter(({ changed }) => holds(changed) !== held).map(({ fact }) => fact);
  if (alone.length > 0) return [...new Set(alone)];
  const pairs = all.flatMap(({ fact, changed }) =>
    variants(changed).flatMap((second) => (second.fact !== fact && holds(second.changed) !== held ? [fact, second.fact] : [])),
  );
  return [...new Set(pairs)];
}

/** The facts with one of them otherwise, in every way that can matter. */
function variants(facts: WakeFacts): { fact: WakeFactName; changed: WakeFacts }[] {
  const asked = (["fresh", "resume", "auto"] as const).filter((other) => other !== facts.asked);
  const flags = (["newEager", "freshNext", "hadSession", "parked", "resumable"] as const).map((fact) => ({
    fact,
    changed: { ...facts, [fact]: !facts[fact] },
  }));
  return [
    ...asked.map((other) => ({ fact: "asked" as const, changed: { ...facts, asked: other } })),
    ...flags,
    { fact: "kind", changed: { ...facts, kind: facts.kind === "executor" ? "conversational" : "executor" } },
    { fact: "topic", changed: { ...facts, topic: newTopic(facts) ? null : UNHEARD_OF } },
  ];
}

/** No topic is normalised to this, so no conversation knows it. */
const UNHEARD_OF = " new ";

function singleChanges(facts: WakeFacts): { change: string; changed: WakeFacts }[] {
  const flip = (key: "newEager" | "freshNext" | "hadSession" | "parked" | "resumable", yes: string, no: string) => ({
    change: facts[key] ? no : yes,
    changed: { ...facts, [key]: !facts[key] },
  });
  return [
    flip("newEager", "a fresh restart had been asked for (new, self-fresh)", "no fresh restart had been asked for"),
    flip("freshNext", "a soft reload had been asked for (refresh)", "no soft reload had been asked for"),
    flip("parked", "the last session had been parked", "the last session had crashed or closed itself"),
    flip("resumable", "there were a conversation to resume", "there were no conversation to resume"),
    {
      change: facts.kind === "executor" ? "a person talked to this peer (conversational)" : "this peer were an executor",
      changed: { ...facts, kind: facts.kind === "executor" ? "conversational" : "executor" },
    },
    newTopic(facts)
      ? { change: "the topic were one of the conversation's", changed: { ...facts, topic: null } }
      : { change: "the message had a new topic", changed: { ...facts, topic: UNHEARD_OF } },
  ];
}
