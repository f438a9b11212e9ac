import { reasonOf } from "../../model/errors.ts";
import type { Storage } from "../../storage/index.ts";
import type { Journal } from "../journal.ts";
import { formatHold, type Hold, parseHold } from "./hold.ts";
import { formatMarker, type Marker, type MarkerFields, parseMarker } from "./marker.ts";
import type { Paths, Suffix } from "./paths.ts";
import { formatRecord, parseRecord, type SessionRecord } from "./record.ts";
import { formatRing, formatTopics, parseRing, parseTopics } from "./ring.ts";

/** Everything that is durably known about one identity, read at the moment of deciding (lifecycle §3, §5). */
export interface Durable {
  readonly record: SessionRecord | null;
  /** A record was found unreadable and moved aside, now or earlier: the peer had a session, nothing more is known. */
  readonly recordLost: boolean;
  readonly idleReaped: Marker | null;
  readonly newEager: Marker | null;
  readonly freshNext: Marker | null;
  readonly stopped: Marker | null;
  readonly ring: readonly number[];
  readonly topics: readonly string[];
  readonly hold: Hold | null;
}

export type MarkerSuffix = "idle-reaped" | "new-eager" | "fresh-next" | "stopped";

/** The lifecycle files of every identity. Writes are atomic and durable; what cannot be read is moved aside with a line, never "empty". */
export interface Store {
  load(identity: string): Promise<Durable>;
  topics(identity: string): Promise<readonly string[]>;
  writeRecord(record: SessionRecord): Promise<void>;
  /** Writes a marker and returns what it holds. */
  mark(identity: string, suffix: MarkerSuffix, fields: MarkerFields): Promise<Marker>;
  writeRing(identity: string, ring: readonly number[]): Promise<void>;
  writeTopics(identity: string, topics: readonly string[]): Promise<void>;
  writeHold(identity: string, hold: Hold): Promise<void>;
  clear(identity: string, suffix: Suffix): Promise<void>;
}

export interface StoreParts {
  readonly storage: Storage;
  readonly paths: Paths;
  readonly journal: Pick<Journal, "decide">;
  readonly wallMs: () => number;
}

export function createStore(parts: StoreParts): Store {
  const { storage, paths } = parts;
  const write = (identity: string, suffix: Suffix, text: string): Promise<void> => storage.replaceFile(paths.file(identity, suffix), text);
  return {
    load: (identity) => loadDurable(parts, identity),
    topics: (identity) => loadTopics(parts, identity),
    writeRecord: (record) => write(record.identity, "session", formatRecord(record)),
    mark: async (identity, suffix, fields) => {
      const at = parts.wallMs();
      const text = formatMarker(at, fields);
      await write(identity, suffix, text);
      return { at, instance: fields.instance ?? null, by: fields.by ?? null, trace: fields.trace ?? null, text };
    },
    writeRing: (identity, ring) => write(identity, "deaths", formatRing(ring)),
    writeTopics: (identity, topics) => write(identity, "topic", formatTopics(topics)),
    writeHold: (identity, hold) => write(identity, "hold", formatHold(hold)),
    clear: (identity, suffix) => storage.removeFile(paths.file(identity, suffix)),
  };
}

async function loadDurable(parts: StoreParts, identity: string): Promise<Durable> {
  const { record, lost } = await loadRecord(parts, identity);
  return {
    record,
    recordLost: lost,
    idleReaped: await loadMarker(parts, identity, "idle-reaped"),
    newEager: await loadMarker(parts, identity, "new-eager"),
    freshNext: await loadMarker(parts, identity, "fresh-next"),
    stopped: await loadMarker(parts, identity, "stopped"),
    ring: await loadRing(parts, identity),
    topics: await loadTopics(parts, identity),
    hold: await loadParsed(parts, identity, "hold", parseHold),
  };
}

async function loadRecord(parts: StoreParts, identity: string): Promise<{ record: SessionRecord | null; lost: boolean }> {
  const path = parts.paths.file(identity, "session");
  const text = await parts.storage.disk.read(path);
  if (text === null) return { record: null, lost: (await parts.storage.disk.stat(`${path}.corrupt-1`)) !== null };
  const parsed = parseRecord(text, identity);
  if (!("unreadable" in parsed)) return { record: parsed, lost: false };
  await setAside(parts, identity, "session", parsed.unreadable);
  return { record: null, lost: true };
}

/**
 * For requests and halts the mere presence of the file is the owner's word, so a torn one still counts and is written anew; a torn park
 * marker proves nothing and the next wake is fresh.
 */
async function loadMarker(parts: StoreParts, identity: string, suffix: MarkerSuffix): Promise<Marker | null> {
  const path = parts.paths.file(identity, suffix);
  const text = await parts.storage.disk.read(path);
  if (text === null) return null;
  const marker = parseMarker(text);
  if (marker !== null) return marker;
  await setAside(parts, identity, suffix, "first line is no ISO time", suffix === "idle-reaped" ? null : text);
  if (suffix === "idle-reaped") return null;
  const at = parts.wallMs();
  const renewed = formatMarker(at, { by: "recovered" });
  await parts.storage.replaceFile(path, renewed);
  return { at, instance: null, by: "recovered", trace: null, text: renewed };
}

/** An unreadable ring is "guard state unknown": it counts as one death at the file's time, never as none (§8). */
async function loadRing(parts: StoreParts, identity: string): Promise<readonly number[]> {
  const path = parts.paths.file(identity, "deaths");
  const text = await parts.storage.disk.read(path);
  if (text === null) return [];
  const ring = parseRing(text);
  if (ring !== null) return ring;
  const modified = Math.round((await parts.storage.disk.stat(path))?.modifiedMs ?? parts.wallMs());
  await setAside(parts, identity, "deaths", "not a list of times", text);
  await parts.storage.replaceFile(path, formatRing([modified]));
  return [modified];
}

async function loadTopics(parts: StoreParts, identity: string): Promise<readonly string[]> {
  return (await loadParsed(parts, identity, "topic", parseTopics)) ?? [];
}

async function loadParsed<T>(parts: StoreParts, identity: string, suffix: Suffix, parse: (text: string) => T | null): Promise<T | null> {
  const text = await parts.storage.disk.read(parts.paths.file(identity, suffix));
  if (text === null) return null;
  const parsed = parse(text);
  if (parsed === null) await setAside(parts, identity, suffix, "malformed");
  return parsed;
}

/**
 * `writtenAnew`: the content of a file that the caller replaces next. It is copied and not moved: a daemon that dies in between must not leave
 * a halt, a request or a death that nobody remembers.
 */
async function setAside(
  { storage, paths, journal }: StoreParts,
  identity: string,
  suffix: Suffix,
  why: string,
  writtenAnew: string | null = null,
): Promise<void> {
  const path = paths.file(identity, suffix);
  try {
    const aside = writtenAnew === null ? await storage.quarantine(path) : await storage.copyAside(path, writtenAnew);
    await journal.decide("quarantine", { identity, file: `${identity}.${suffix}`, aside: aside ?? undefined, reason: why });
  } catch (error) {
    await journal.decide("quarantine", { identity, file: `${identity}.${suffix}`, reason: `${why}; cannot be moved: ${reasonOf(error)}` });
    throw error;
  }
}
