import type { Hands } from "./hands.ts";
import type { LogLine, Moment } from "./log-line.ts";

/** What comes first when several things happen in one moment. */
export const RANK = { next: 0, world: 1, action: 2, turn: 3 } as const;

/** An input: an entry of the timeline to be. */
export interface DraftEntry {
  readonly moment: { readonly index: number; wall: number };
  /** Ms after the moment (before it where negative). */
  readonly plus: number;
  readonly rank: number;
  readonly verb: string;
  /** Of a `next`: the decision of the bring-up that it is about. A replay under other settings may have none there. */
  readonly about?: Moment;
  /** A scenario has it anyway; only a replay under other settings needs it said. */
  readonly implied?: boolean;
  /** A function where it is known only when all of the log is. */
  readonly value: unknown;
}

/** More entries than a scenario may have are only counted. */
export const MAX_ENTRIES = 20_000;

/** The scenario as it grows. */
export interface Draft {
  readonly hands: Hands;
  readonly entries: DraftEntry[];
  /** Decisions as they stand in the log, in order. */
  readonly decisions: LogLine[];
  /** How often something could not be told, by sentence. */
  readonly untold: Map<string, number>;
  inputs: number;
  /** Returns the entry's moment: moving it moves the entry. */
  add(
    moment: Moment,
    plus: number,
    verb: string,
    value: unknown,
    rank?: number,
    more?: Pick<DraftEntry, "about" | "implied">,
  ): DraftEntry["moment"];
  decide(line: LogLine): void;
  tell(sentence: string): void;
}

/** `limit`: so many entries and decisions are kept. */
export function createDraft(hands: Hands, limit: number): Draft {
  const draft: Draft = {
    hands,
    entries: [],
    decisions: [],
    untold: new Map(),
    inputs: 0,
    add(moment, plus, verb, value, rank = RANK.action, more = {}) {
      if (more.implied !== true) draft.inputs += 1;
      const own = { index: moment.index, wall: moment.wall };
      if (draft.entries.length < limit) draft.entries.push({ moment: own, plus, rank, verb, value, ...more });
      return own;
    },
    decide: (line) => void (draft.decisions.length < limit && draft.decisions.push(line)),
    tell: (sentence) => void draft.untold.set(sentence, (draft.untold.get(sentence) ?? 0) + 1),
  };
  return draft;
}
