/** The demo agent's files as evidence: what its conversation proves, and what its process says about itself. Pure. */
import { parseIsoTime } from "../../model/time.ts";
import type { Activity } from "../../ports/index.ts";
import type { Fold } from "../digests.ts";
import { envelopeId } from "../envelope.ts";

export interface DemoTranscript {
  /** Message id → wall epoch ms. */
  readonly landed: ReadonlyMap<string, number>;
  readonly lastSignMs: number | null;
  readonly compactions: number;
  /** The folder that the conversation belongs to. */
  readonly cwd: string | null;
}

export const EMPTY_DEMO_TRANSCRIPT: DemoTranscript = { landed: new Map(), lastSignMs: null, compactions: 0, cwd: null };

export const foldDemoTranscript: Fold<DemoTranscript> = (known, entry) => {
  const at = typeof entry["at"] === "string" ? parseIsoTime(entry["at"]) : null;
  const id = entry["type"] === "user" && typeof entry["text"] === "string" ? envelopeId(entry["text"]) : null;
  return {
    landed: id === null || known.landed.has(id) ? known.landed : new Map(known.landed).set(id, at ?? 0),
    lastSignMs: at === null ? known.lastSignMs : Math.max(known.lastSignMs ?? 0, at),
    compactions: known.compactions + (entry["type"] === "compacted" ? 1 : 0),
    cwd: known.cwd ?? (typeof entry["cwd"] === "string" ? entry["cwd"] : null),
  };
};

/** The turn that a status file states; null when it is torn or was left behind by another instance. */
export function parseDemoStatus(text: string, instance: string): { readonly turn: Activity["turn"]; readonly sessionId: string } | null {
  try {
    const file = JSON.parse(text) as { instance?: unknown; state?: unknown; sessionId?: unknown };
    if (file.instance !== instance || typeof file.sessionId !== "string") return null;
    const known = file.state === "idle" || file.state === "busy" || file.state === "waiting";
    return { turn: known ? (file.state as Activity["turn"]) : "unknown", sessionId: file.sessionId };
  } catch {
    return null;
  }
}
