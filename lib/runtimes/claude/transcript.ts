/**
 * Claude Code's transcript, as far as it proves something: which messages it recorded, when work was last seen in it, whether there is a
 * conversation to resume, how often it was compacted. Pure. Content decides, never file times: idle files are rewritten, and a minute of
 * streaming writes nothing.
 */
import { parseIsoTime } from "../../model/time.ts";
import type { Fold } from "../digests.ts";
import { envelopeId } from "../envelope.ts";

export interface ClaudeTranscript {
  /** Message id → wall epoch ms of its first recording. */
  readonly landed: ReadonlyMap<string, number>;
  readonly lastSignMs: number | null;
  /** It holds turns; one with metadata only can neither be resumed nor written to again. */
  readonly talked: boolean;
  readonly compactions: number;
  /** Outputs of commands that were typed into the composer (`/compact`, …). */
  readonly commandOutputs: number;
  /** The folder that its first turn states. */
  readonly cwd: string | null;
}

export const EMPTY_TRANSCRIPT: ClaudeTranscript = {
  landed: new Map(),
  lastSignMs: null,
  talked: false,
  compactions: 0,
  commandOutputs: 0,
  cwd: null,
};

type Entry = Readonly<Record<string, unknown>>;

/** Entries that are written because something happened in a turn; the rest is bookkeeping. */
const WORK = new Set(["user", "assistant", "attachment", "queue-operation"]);

function textOf(content: unknown): string | null {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return null;
  const texts = content.flatMap((block: { type?: unknown; text?: unknown }) =>
    block.type === "text" && typeof block.text === "string" ? [block.text] : [],
  );
  return texts.length === 0 ? null : texts.join("\n");
}

/** The text that somebody handed to the agent by this entry: typed, queued during a turn, or injected into one. */
function handedOver(entry: Entry): string | null {
  if (entry["isMeta"] === true || entry["isCompactSummary"] === true || entry["isSidechain"] === true) return null;
  if (entry["type"] === "user") return textOf((entry["message"] as { content?: unknown } | undefined)?.content);
  if (entry["type"] === "queue-operation") return entry["operation"] === "enqueue" ? textOf(entry["content"]) : null;
  if (entry["type"] !== "attachment") return null;
  const attachment = entry["attachment"] as { type?: unknown; prompt?: unknown } | undefined;
  return attachment?.type === "queued_command" ? textOf(attachment.prompt) : null;
}

function withLanding(landed: ReadonlyMap<string, number>, entry: Entry, at: number | null): ReadonlyMap<string, number> {
  const id = envelopeId(handedOver(entry) ?? "");
  return id === null || landed.has(id) ? landed : new Map(landed).set(id, at ?? 0);
}

function isCommandOutput(entry: Entry): boolean {
  if (entry["type"] === "system") return entry["subtype"] === "local_command" && String(entry["content"]).startsWith("<local-command-std");
  const text = entry["type"] === "user" ? textOf((entry["message"] as { content?: unknown } | undefined)?.content) : null;
  return text?.startsWith("<local-command-std") ?? false;
}

/** Folds one line of a transcript into what it proves. */
export const foldClaudeTranscript: Fold<ClaudeTranscript> = (known, entry) => {
  const type = String(entry["type"]);
  const stamp = typeof entry["timestamp"] === "string" ? parseIsoTime(entry["timestamp"]) : null;
  const work = WORK.has(type) && stamp !== null;
  const turn = (type === "user" || type === "assistant") && entry["isSidechain"] !== true;
  return {
    landed: withLanding(known.landed, entry, stamp),
    lastSignMs: work ? Math.max(known.lastSignMs ?? 0, stamp) : known.lastSignMs,
    talked: known.talked || turn,
    compactions: known.compactions + (type === "system" && entry["subtype"] === "compact_boundary" ? 1 : 0),
    commandOutputs: known.commandOutputs + (isCommandOutput(entry) ? 1 : 0),
    cwd: known.cwd ?? (typeof entry["cwd"] === "string" ? entry["cwd"] : null),
  };
};
