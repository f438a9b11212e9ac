import type { PeerKind } from "../../model/peer.ts";

/** What the wake decision looks at (lifecycle §5); nothing else may influence it. */
export interface WakeFacts {
  /** Folder launch and `new` ask fresh, attach asks resume, a message leaves it to the table. */
  readonly asked: "fresh" | "resume" | "auto";
  readonly newEager: boolean;
  readonly freshNext: boolean;
  /** Some session of this identity was READY once. */
  readonly hadSession: boolean;
  /** The last READY session was parked by us, stopped live by its operator, or lost with the machine or its terminal server. */
  readonly parked: boolean;
  readonly kind: PeerKind;
  /** Topic of the incoming message, normalised; null when it has none. */
  readonly topic: string | null;
  /** Topics of the conversation, normalised. */
  readonly topics: readonly string[];
  /** The conversation recorded by the peer's own last instance exists and can be resumed. */
  readonly resumable: boolean;
}

export type WakeMode = "fresh" | "resume" | "fail";

export interface WakeRow {
  /** The row's name in the published table. */
  readonly row: string;
  readonly condition: string;
  readonly mode: WakeMode;
  readonly cause: string;
  readonly holds: (facts: WakeFacts) => boolean;
}

/** The message has a topic, and the conversation does not know it. */
export const newTopic = (facts: WakeFacts): boolean => facts.topic !== null && !facts.topics.includes(facts.topic);

/** The published table: the first row that holds decides (lifecycle §5). The last two rows leave nothing undecided. */
export const WAKE_TABLE: readonly WakeRow[] = [
  { row: "1", condition: "asked fresh (folder launch, new)", mode: "fresh", cause: "folder-launch", holds: (f) => f.asked === "fresh" },
  { row: "2", condition: ".new-eager present", mode: "fresh", cause: "self-fresh", holds: (f) => f.newEager },
  {
    row: "3",
    condition: "asked resume (attach), something to resume",
    mode: "resume",
    cause: "attach",
    holds: (f) => f.asked === "resume" && f.resumable,
  },
  {
    row: "3'",
    condition: "asked resume (attach), nothing to resume",
    mode: "fail",
    cause: "attach-nothing-to-resume",
    holds: (f) => f.asked === "resume",
  },
  { row: "4", condition: ".fresh-next present", mode: "fresh", cause: "soft-reload", holds: (f) => f.freshNext },
  {
    row: "5",
    condition: "never had a session and nothing to resume",
    mode: "fresh",
    cause: "first-wake",
    holds: (f) => !f.hadSession && !f.resumable,
  },
  {
    row: "6",
    condition: "not parked: crashed or closed itself",
    mode: "fresh",
    cause: "crash-or-self-close",
    holds: (f) => !f.parked,
  },
  {
    row: "7",
    condition: "parked, conversational, something to resume",
    mode: "resume",
    cause: "idle-reaped-human",
    holds: (f) => f.kind === "conversational" && f.resumable,
  },
  {
    row: "7'",
    condition: "parked, conversational, nothing to resume",
    mode: "fresh",
    cause: "idle-reaped-human-no-resume",
    holds: (f) => f.kind === "conversational",
  },
  {
    row: "8",
    condition: "parked, executor, a topic that the conversation does not know",
    mode: "fresh",
    cause: "idle-reaped-new-topic",
    holds: newTopic,
  },
  {
    row: "9",
    condition: "parked, executor, same topic or none, something to resume",
    mode: "resume",
    cause: "idle-reaped-resume",
    holds: (f) => f.resumable,
  },
  {
    row: "9'",
    condition: "parked, executor, same topic or none, nothing to resume",
    mode: "fresh",
    cause: "idle-reaped-no-resume",
    holds: () => true,
  },
];

export interface WakeDecision {
  readonly row: string;
  readonly mode: WakeMode;
  readonly cause: string;
  readonly facts: WakeFacts;
}

/** First row that holds (lifecycle §5). */
export function decideWake(facts: WakeFacts): WakeDecision {
  for (const { row, mode, cause, holds } of WAKE_TABLE) {
    if (holds(facts)) return { row, mode, cause, facts };
  }
  throw new Error("the wake table leaves a case undecided");
}

/** A resume that the runtime positively rejected falls back to fresh once, with its own cause (lifecycle §6). */
export const RESUME_REJECTED = { row: "fallback", mode: "fresh", cause: "resume-rejected" } as const;
