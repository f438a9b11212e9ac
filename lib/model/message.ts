import type { TraceContext } from "./decision.ts";

/** A message on its way to a peer (lifecycle §10). */
export interface Message {
  readonly id: string;
  /** Personality of the receiver, and the identity that the router resolved. */
  readonly to: string;
  readonly from: string;
  readonly text: string;
  readonly topic?: string;
  readonly attachments?: readonly string[];
  /** Wall epoch ms of acceptance. */
  readonly acceptedAt: number;
  /** Context of the span in which it was accepted. */
  readonly trace?: TraceContext;
}

/** `accepted` → `queued` (busy or booting) / `held` (crash loop) → `landed`, or an end without landing: `refused`, `failed` (§10). */
export type Stage = "accepted" | "queued" | "held" | "landed" | "refused" | "failed";

/** What a sender knows of its message; never claims `landed` on keystrokes alone. */
export interface Receipt {
  readonly id: string;
  readonly identity: string | null;
  readonly stage: Stage;
  /** This message brought the peer up (a message that joined somebody else's bring-up says false). */
  readonly woke: boolean;
  readonly reason?: string;
}

export const MESSAGE_LIMITS = { text: 16_000, topic: 200, attachments: 20 } as const;
