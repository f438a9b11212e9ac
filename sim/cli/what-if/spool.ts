import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LogRecord } from "../../../lib/log/read-log.ts";
import { concernsAll, namesIn, wallOf } from "../../incident/importer.ts";
import { type LogWindow, nothingTaken, type Scanned, scanLogs, unknownEvent, unknownPeer } from "../scan-logs.ts";

/** Lines of one peer, in a file of their own. */
export interface PeerLines {
  readonly peer: string;
  readonly file: string;
  readonly lines: number;
}

export interface Spooled {
  readonly scanned: Scanned;
  readonly peers: readonly PeerLines[];
  /** Lines that concern everybody. */
  readonly common: string;
  /** Time of the last line that was taken, epoch ms. */
  readonly endWall: number;
}

/** What is to be read, and the folder that takes it; plain data, for a worker thread. */
export interface SpoolOrder extends LogWindow {
  readonly logs: readonly string[];
  readonly folder: string;
  /** Only this peer's. */
  readonly peer?: string;
}

/** Lines that wait in memory before they are written down, in characters. */
const HELD = 4 << 20;

/**
 * Deals the lines of logs out by peer, into files in a folder: peers decide independently of each other, so each can be replayed alone, and no log
 * is too long to be held. Rejects with what was wrong with the arguments.
 */
export async function spool({ logs, folder, peer, ...window }: SpoolOrder): Promise<Spooled> {
  const common = join(folder, "common.jsonl");
  const peers = new Map<string, { readonly file: string; lines: number }>();
  const writer = createWriter();
  let [index, endWall] = [0, 0];
  const scanned = await scanLogs(logs, window, (record) => {
    const wall = wallOf(record);
    if (wall === null) return unknownEvent(record);
    index += 1;
    endWall = wall;
    const text = `${JSON.stringify([index, record])}\n`;
    if (concernsAll(record)) writer.add(common, text);
    else
      for (const name of new Set(namesIn(record))) {
        const own = peers.get(name) ?? { file: join(folder, `peer-${peers.size}.jsonl`), lines: 0 };
        peers.set(JSON.parse(JSON.stringify(name)) as string, own);
        own.lines += 1;
        if (peer === undefined || peer === name) writer.add(own.file, text);
      }
    return null;
  });
  writer.add(common, "");
  writer.flush();
  if (peer !== undefined && !peers.has(peer)) throw unknownPeer(peer, [...peers.keys()]);
  if (peers.size === 0) throw nothingTaken(scanned, logs);
  const chosen = [...peers].filter(([name]) => peer === undefined || name === peer);
  return { scanned, common, endWall, peers: chosen.map(([name, own]) => ({ peer: name, ...own })) };
}

function createWriter(): { add(file: string, text: string): void; flush(): void } {
  const pending = new Map<string, string[]>();
  let held = 0;
  const flush = (): void => {
    for (const [file, texts] of pending) appendFileSync(file, texts.join(""));
    pending.clear();
    held = 0;
  };
  return {
    flush,
    add(file, text) {
      const texts = pending.get(file) ?? [];
      pending.set(file, texts);
      texts.push(text);
      held += text.length;
      if (held > HELD) flush();
    },
  };
}

/** Lines of several files in the order of the logs; what concerns two peers stands in the files of both, and comes once. */
export function* unspool(files: readonly string[]): Generator<LogRecord> {
  const lists = files.map((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== ""),
  );
  const at = lists.map(() => 0);
  let last = 0;
  const indexAt = (list: number): number => {
    const line = lists[list]?.[at[list] ?? 0];
    return line === undefined ? Number.POSITIVE_INFINITY : Number(line.slice(1, line.indexOf(",")));
  };
  for (;;) {
    const next = lists.map((_, list) => list).reduce((best, list) => (indexAt(list) < indexAt(best) ? list : best), 0);
    const line = lists[next]?.[at[next] ?? 0];
    if (line === undefined) return;
    at[next] = (at[next] ?? 0) + 1;
    const [index, record] = JSON.parse(line) as [number, LogRecord];
    if (index !== last) yield record;
    last = index;
  }
}
