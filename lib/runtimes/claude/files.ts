/** Where Claude Code keeps a conversation, and what its files prove. */
import { join } from "node:path";
import type { Disk, RuntimeSession } from "../../ports/index.ts";
import { createDigestReader } from "../digests.ts";
import { readClaudeStatus } from "./status.ts";
import { type ClaudeTranscript, EMPTY_TRANSCRIPT, foldClaudeTranscript } from "./transcript.ts";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Longer folder names are cut here by the CLI, which then adds a hash of its own. */
const SLUG_MAX = 200;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** The name of a working folder's history: every character that is no ASCII letter or digit becomes `-` (measured, not only `/`). */
export function projectSlug(realCwd: string): string {
  return realCwd.replace(/[^a-zA-Z0-9]/g, "-");
}

export interface ClaudeFiles {
  /** What the transcript of a conversation of this folder proves; null when there is none. Rejects with `DiskError`. */
  transcript(reference: string, cwd: string): Promise<ClaudeTranscript | null>;
  /** Newest sign of work by child agents of a conversation, wall epoch ms; files untouched since `sinceMs` are not read. */
  childSign(reference: string, cwd: string, sinceMs: number): Promise<number | null>;
  /** References that the session wrote to, the current one first. */
  references(session: RuntimeSession): Promise<string[]>;
}

/** Folders that may hold the history of a working folder, the likely one first. */
async function historyFolders(disk: Disk, projects: string, cwd: string): Promise<string[]> {
  const real = await disk.realPath(cwd).catch(() => cwd);
  const slug = projectSlug(real);
  if (slug.length <= SLUG_MAX) return [join(projects, slug)];
  const names = await disk.list(projects);
  return names.filter((name) => name.startsWith(slug.slice(0, SLUG_MAX))).map((name) => join(projects, name));
}

export function claudeFiles(disk: Disk, configFolder: string): ClaudeFiles {
  const projects = join(configFolder, "projects");
  const digest = createDigestReader(disk, EMPTY_TRANSCRIPT, foldClaudeTranscript);
  const locate = async (reference: string, cwd: string): Promise<{ folder: string; found: ClaudeTranscript } | null> => {
    if (!isUuid(reference)) return null;
    for (const folder of await historyFolders(disk, projects, cwd)) {
      const found = await digest(join(folder, `${reference}.jsonl`));
      if (found !== null) return { folder, found };
    }
    return null;
  };
  const childSign = async (reference: string, cwd: string, sinceMs: number): Promise<number | null> => {
    const place = await locate(reference, cwd);
    if (place === null) return null;
    const folder = join(place.folder, reference, "subagents");
    let newest: number | null = null;
    for (const name of await disk.list(folder)) {
      const path = join(folder, name);
      if (!name.endsWith(".jsonl") || ((await disk.stat(path))?.modifiedMs ?? 0) < sinceMs) continue;
      const sign = (await digest(path))?.lastSignMs ?? null;
      if (sign !== null && sign > (newest ?? 0)) newest = sign;
    }
    return newest;
  };
  return {
    childSign,
    transcript: async (reference, cwd) => (await locate(reference, cwd))?.found ?? null,
    references: async (session) => {
      const current = (await readClaudeStatus(disk, configFolder, session))?.sessionId ?? null;
      return [...new Set([current, session.reference])].filter((reference) => reference !== null);
    },
  };
}
