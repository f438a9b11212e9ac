import type { WakeFacts } from "../../lib/lifecycle/decide/wake.ts";

/** Every combination of the facts of a wake. */
const BOOLEANS = [false, true];
const ASKED = ["fresh", "resume", "auto"] as const;
const KINDS = ["conversational", "executor"] as const;
/** Incoming topic and stored topics: none, known, unknown, first and last of several, nothing stored. */
export const TOPICS: readonly { readonly topic: string | null; readonly topics: readonly string[]; readonly isNew: boolean }[] = [
  { topic: null, topics: [], isNew: false },
  { topic: null, topics: ["a"], isNew: false },
  { topic: "a", topics: [], isNew: true },
  { topic: "a", topics: ["a"], isNew: false },
  { topic: "a", topics: ["b", "c"], isNew: true },
  { topic: "b", topics: ["b", "c"], isNew: false },
  { topic: "c", topics: ["b", "c"], isNew: false },
  { topic: "B", topics: ["b"], isNew: true },
];

/** 3 × 2⁵ × 2 × 8 cases. */
export const ALL_WAKES: readonly WakeFacts[] = ASKED.flatMap((asked) =>
  BOOLEANS.flatMap((newEager) =>
    BOOLEANS.flatMap((freshNext) =>
      BOOLEANS.flatMap((hadSession) =>
        BOOLEANS.flatMap((parked) =>
          BOOLEANS.flatMap((resumable) =>
            KINDS.flatMap((kind) =>
              TOPICS.map(({ topic, topics }) => ({ asked, newEager, freshNext, hadSession, parked, resumable, kind, topic, topics })),
            ),
          ),
        ),
      ),
    ),
  ),
);
