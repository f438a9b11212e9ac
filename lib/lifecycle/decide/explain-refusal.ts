import { decideRefusal, REFUSALS, type Refusal, type RefusalFacts } from "./refuse.ts";

/** One reason to refuse, in the order in which they are considered; only the first that holds is given. */
export interface RefusalStep {
  readonly refusal: Refusal;
  readonly held: boolean;
}

/** Nothing speaks against a wake. */
const CLEAR: RefusalFacts = {
  known: true,
  runtimeDeclared: true,
  managedBy: null,
  stopped: false,
  cwdExists: true,
  guard: { verdict: "clear" },
};

/** Each refusal with held or not, whatever the ones before it say: the decision itself is asked about each fact alone. */
export function explainRefusal(facts: RefusalFacts): RefusalStep[] {
  const alone = (Object.keys(CLEAR) as (keyof RefusalFacts)[]).map((fact) => decideRefusal({ ...CLEAR, [fact]: facts[fact] }));
  return REFUSALS.map((refusal) => ({ refusal, held: alone.includes(refusal) }));
}
