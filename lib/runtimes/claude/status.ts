/** The status file that a running Claude Code keeps about itself, `sessions/<pid>.json`: the one reliable sign of idle, busy and waiting. */
import { join } from "node:path";
import type { Activity, Disk, RuntimeSession } from "../../ports/index.ts";

export interface ClaudeStatus {
  readonly sessionId: string | null;
  readonly turn: Activity["turn"];
}

interface StatusFile {
  readonly sessionId?: unknown;
  readonly procStart?: unknown;
  readonly status?: unknown;
}

const TURNS = new Set(["idle", "busy", "waiting"]);

function turnOf(status: unknown): Activity["turn"] {
  return typeof status === "string" && TURNS.has(status) ? (status as Activity["turn"]) : "unknown";
}

/** A file that a killed process left behind names another start than the process that has its pid now. */
function isStale(file: StatusFile, startTime: string): boolean {
  const [theirs, ours] = [String(file.procStart ?? ""), startTime];
  return /^\d+$/.test(theirs) && /^\d+$/.test(ours) && theirs !== ours;
}

/** Pure: null when the text is torn or about another process. */
export function parseClaudeStatus(text: string, startTime: string): ClaudeStatus | null {
  let file: StatusFile;
  try {
    file = JSON.parse(text) as StatusFile;
  } catch {
    return null;
  }
  if (typeof file !== "object" || file === null || isStale(file, startTime)) return null;
  return {
    sessionId: typeof file.sessionId === "string" ? file.sessionId : null,
    turn: turnOf(file.status),
  };
}

/** The status of a session's process, or null when it says nothing (not yet written, gone, unreadable). Never rejects. */
export async function readClaudeStatus(disk: Disk, configFolder: string, session: RuntimeSession): Promise<ClaudeStatus | null> {
  if (session.process === null) return null;
  const path = join(configFolder, "sessions", `${session.process.pid}.json`);
  const text = await disk.read(path).catch(() => null);
  return text === null ? null : parseClaudeStatus(text, session.process.startTime);
}
