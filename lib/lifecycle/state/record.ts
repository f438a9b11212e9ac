import { z } from "zod";
import { END_CLASSES } from "../decide/classify.ts";

/**
 * The record of an identity's current session instance, `.session` (lifecycle §3, §6). Each phase is one atomic replace of the file, so
 * every prefix of a multi-step change is one of these states:
 *
 * - `booting` before the spawn (`process` null), then with its process: not READY yet;
 * - `live` READY;
 * - `ending` with `intent`: we said that we are about to end it, and why; with `end`: it is dead and classified, for good;
 * - `ended` nothing is left to do for it.
 */
const processIdentity = z.object({ pid: z.int().positive(), startTime: z.string(), bootId: z.string() });

const end = z.object({
  class: z.enum(END_CLASSES),
  /** Epoch ms; the entry in the crash ring, where it counts. */
  at: z.int(),
  code: z.int().nullable(),
  signal: z.string().nullable(),
});

const intent = z.object({
  class: z.enum(["parked", "stopped", "owner-reset", "boot-failed", "wedged", "lost-server", "resume-rejected", "unaccountable"]),
  why: z.string(),
  by: z.string(),
  at: z.int(),
});

/** The last session that was READY: a bring-up that fails leaves its facts as they were. */
const origin = z.object({
  instance: z.string(),
  class: z.enum(END_CLASSES),
  reference: z.string().nullable(),
  runtime: z.string(),
});

/** Contexts of the spans that later ones are children of, or link to, also after a restart of the daemon (telemetry "Spans"). */
const trace = z.object({
  wake: z.string().nullable(),
  launch: z.string().nullable(),
  exit: z.string().nullable(),
  /** Ends that were counted, this instance's and earlier ones', newest last, by their time in the crash ring. */
  deaths: z.array(z.object({ at: z.int(), exit: z.string() })).readonly(),
});

export const NO_TRACE: RecordTrace = { wake: null, launch: null, exit: null, deaths: [] };

/** The last time that a person had the session open: since when, or until when (epoch ms). */
const attachment = z.object({ open: z.boolean(), at: z.int() });

const record = z.object({
  version: z.literal(1),
  identity: z.string(),
  personality: z.string(),
  runtime: z.string(),
  cwd: z.string(),
  instance: z.string(),
  phase: z.enum(["booting", "live", "ending", "ended"]),
  mode: z.enum(["fresh", "resume"]),
  cause: z.string(),
  kind: z.enum(["conversational", "executor"]),
  /** The conversation that this instance writes to. */
  reference: z.string().nullable(),
  /** Topic and id of the message that the bring-up delivers first. */
  topic: z.string().nullable(),
  message: z.string().nullable(),
  /** Epoch ms of the launch, and of READY. */
  wokeAt: z.int(),
  readyAt: z.int().nullable(),
  process: processIdentity.nullable(),
  attachment: attachment.exactOptional(),
  /** Markers that this launch fulfils, by suffix, with the content they had when it was decided. */
  fulfils: z.record(z.string(), z.string()),
  intent: intent.nullable(),
  end: end.nullable(),
  origin: origin.nullable(),
  trace: trace.default(() => NO_TRACE),
});

export type SessionRecord = Readonly<z.infer<typeof record>>;
export type SessionEnd = Readonly<z.infer<typeof end>>;
export type Intent = Readonly<z.infer<typeof intent>>;
export type RecordTrace = Readonly<z.infer<typeof trace>>;
export type Origin = Readonly<z.infer<typeof origin>>;

export function formatRecord(value: SessionRecord): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}

/** The record, or why it cannot be believed: a file whose name and content disagree on the identity is never acted on (§3). */
export function parseRecord(text: string, identity: string): SessionRecord | { readonly unreadable: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { unreadable: text.trim() === "" ? "empty" : "not JSON" };
  }
  const parsed = record.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { unreadable: `${issue?.path.join(".") || "record"}: ${issue?.message ?? "malformed"}` };
  }
  if (parsed.data.identity !== identity) return { unreadable: `states identity ${parsed.data.identity}` };
  return parsed.data;
}

/** The last session that was READY, as the next wake decision sees it: this instance if it got that far, else the one before (§5, §7). */
export function originOf(last: SessionRecord | null): Origin | null {
  if (last === null) return null;
  if (last.readyAt === null) return last.origin;
  return { instance: last.instance, class: last.end?.class ?? "crash", reference: last.reference, runtime: last.runtime };
}
