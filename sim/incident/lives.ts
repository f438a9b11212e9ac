import type { LogLine, Moment } from "./log-line.ts";
import type { TopicsBefore } from "./topics-before.ts";

/** What the log has told of one identity so far. */
export interface Life {
  readonly identity: string;
  readonly personality: string;
  readonly runtime: string;
  phase: "unseen" | "none" | "booting" | "live" | "ended";
  /** The line that decided the bring-up, and what it said. */
  wake: LogLine | null;
  /** What led to the next bring-up, as far as it was seen: a message, a verb, the end before. */
  asked: Moment | null;
  /** What led to this one: how it behaves is said just before. */
  nextAt: Moment | null;
  /** The end of the session before. */
  endedAt: Moment | null;
  /** So much later than in the log this bring-up may come in another run, ms: retries are jittered. */
  lateMs: number;
  /** A person or a verb waits for this bring-up already. */
  attachAsked: boolean;
  readyAt: Moment | null;
  /** The last landing (or READY) from which a turn may run. */
  turnFrom: Moment | null;
  /** Ms since the start of what the daemon last counted as activity. */
  activeMs: number;
  /** A person has it open. */
  attached: boolean;
  /** It did not die when it was ended. */
  reapFailed: boolean;
  /** An operator's stop came before its end. */
  stopping: boolean;
  /** When the agent said that it is done. */
  doneAt: Moment | null;
  /** Something was said in the conversation of the current, else the last session. */
  spoke: boolean;
  /** Was a session of the log that could be resumed by proof. */
  known: boolean;
  managed: string | null;
  stopped: boolean;
  held: boolean;
  /** Accepted and not landed, by id: when. */
  readonly waiting: Map<string, Moment>;
  /** The landing whose turn is on the timeline already. */
  toldFrom: Moment | null;
  /** Lengths of turns whose end the log tells of, ms. */
  readonly turns: number[];
  /** Those of a conversation that began before the log; null for every other. */
  topicsBefore: TopicsBefore | null;
}

export function createLife(identity: string, runtime: string, personality: string): Life {
  return {
    ...{
      identity,
      personality,
      runtime,
      phase: "unseen",
      wake: null,
      asked: null,
      nextAt: null,
      endedAt: null,
      lateMs: 0,
      attachAsked: false,
      attached: false,
      reapFailed: false,
      stopping: false,
      readyAt: null,
      turnFrom: null,
      activeMs: 0,
    },
    ...{
      doneAt: null,
      spoke: false,
      known: false,
      managed: null,
      stopped: false,
      held: false,
      waiting: new Map(),
      toldFrom: null,
      turns: [],
      topicsBefore: null,
    },
  };
}

/** One peer of the scenario to be. */
export interface DraftPeer {
  readonly name: string;
  readonly runtimes: Set<string>;
  human: boolean;
  /** Was refused as unknown, and never seen otherwise. */
  unknown: boolean;
  seen: boolean;
  cwdMissing: boolean;
  managed: string | null;
  /** The runtime of the identity that another manager owned from the start: the default one. */
  managedRuntime: string | null;
  given: Record<string, unknown> | null;
}

export function createPeer(name: string): DraftPeer {
  return {
    name,
    runtimes: new Set(),
    human: false,
    unknown: false,
    seen: false,
    cwdMissing: false,
    managed: null,
    managedRuntime: null,
    given: null,
  };
}
