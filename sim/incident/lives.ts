import type { DraftEntry } from "./draft.ts";
import type { OpenFault } from "./faults.ts";
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
  /** What a simulated daemon acted upon when it decided that. */
  wokenBy: Moment | null;
  /** What led to the next bring-up, as far as it was seen: a message, a verb, the end before. */
  asked: Moment | null;
  /** What a simulated daemon acts upon at once, although the real one took a while. */
  actsFrom: Moment | null;
  /** What led to this one: how it behaves is said just before. */
  nextAt: Moment | null;
  /** A person or a verb waits for this bring-up already. */
  attachAsked: boolean;
  readyAt: Moment | null;
  /** The last landing (or READY) from which a turn may run; `lead`: it began so many ms before. */
  turnFrom: (Moment & { readonly lead?: number }) | null;
  /** A fresh start was asked for, and has not come yet. */
  owed: boolean;
  /** Its first message landed although the boot was ended. */
  saidInBoot: boolean;
  /** Its terminal server died in its boot: the entry, and whether the end of its process was heard of first. */
  lostInBoot: { readonly moment: DraftEntry["moment"]; heard: boolean } | null;
  /** Does the turn of now wait for a person? */
  asks: { now: boolean };
  /** Ms since the start of what the daemon last counted as activity. */
  activeMs: number;
  /** A person has it open. */
  attached: boolean;
  /** It did not die when it was ended. */
  reapFailed: boolean;
  /** An operator's stop came before its end. */
  stopping: boolean;
  /** It was up when the daemon went down, and the next one, which started then, has not spoken of it yet. */
  orphan: Orphan | null;
  /** An end after which the daemon may have waited for a while before it tried again. */
  retryFrom: Moment | null;
  /** Its whole terminal server died, which was said for all. */
  serverGone: boolean;
  /** When we were asked to end it. */
  endAsked: Moment | null;
  /** It asked for its own restart; did it wait for the daemon to end it? */
  selfFresh: { waits: boolean } | null;
  /** When the agent said that it is done. */
  doneAt: Moment | null;
  /** Something was said in the conversation of the current, else the last session. */
  spoke: boolean;
  /** Was a session of the log that could be resumed by proof. */
  known: boolean;
  managed: string | null;
  stopped: boolean;
  held: boolean;
  /** When the hold of now ends. */
  holdEnd: Moment | null;
  /** Accepted and not landed, by id: when. */
  readonly waiting: Map<string, Moment>;
  /** Their actions, and how much earlier each may be: ms since the start. */
  readonly sent: Map<string, { readonly moment: DraftEntry["moment"]; readonly notBeforeMs: number }>;
  /** When the log last told of something but an acceptance, ms since the start. */
  toldMs: number;
  /** The landing whose turn is on the timeline already. */
  toldFrom: Moment | null;
  /** When that turn ends, ms since the start. */
  toldUntil: { ms: number } | null;
  /** Lengths of turns whose end the log tells of, ms. */
  readonly turns: number[];
  /** Failures of the disk that lines about it told of. */
  readonly faults: OpenFault[];
  /** Whether it lives could not be told since then, and until when (ms since the start); the line that ended it, and since when it had been idle. */
  unknown: { readonly fromMs: number; untilMs: number; over: { readonly line: number; readonly sinceMs: number | null } | null } | null;
  /** Those of a conversation that began before the log; null for every other. */
  topicsBefore: TopicsBefore | null;
}

export interface Orphan {
  /** When the daemon before was last seen; later, where that turns out. */
  readonly down: { readonly index: number; wall: number };
  readonly start: Moment;
  /** The operation before which the daemon died, where the log tells. */
  readonly point: { before: string | null };
  readonly stopped: boolean;
  readonly byReboot: boolean;
}

export function createLife(identity: string, runtime: string, personality: string): Life {
  return {
    ...{
      identity,
      personality,
      runtime,
      phase: "unseen",
      wake: null,
      wokenBy: null,
      asked: null,
      actsFrom: null,
      nextAt: null,
      attachAsked: false,
      attached: false,
      reapFailed: false,
      stopping: false,
      orphan: null,
      retryFrom: null,
      serverGone: false,
      endAsked: null,
      selfFresh: null,
      readyAt: null,
      turnFrom: null,
      asks: { now: false },
      owed: false,
      saidInBoot: false,
      lostInBoot: null,
      activeMs: 0,
    },
    ...{
      doneAt: null,
      spoke: false,
      known: false,
      managed: null,
      stopped: false,
      held: false,
      holdEnd: null,
      waiting: new Map(),
      sent: new Map(),
      toldMs: 0,
      toldFrom: null,
      toldUntil: null,
      turns: [],
      faults: [],
      unknown: null,
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
