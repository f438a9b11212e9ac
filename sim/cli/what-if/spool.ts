import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LogRecord } from "../../../lib/log/read-log.ts";
import { concernsAll, namesIn, wallOf } from "../../incident/importer.ts";
import { type LogWindow, nothingTaken, type Scanned, scanLogs, unknownEvent, unknownPeer } from "../scan-logs.ts";

/** Lines of one peer, in a file of their own. */
export interface Shard {
  readonly peer: string;
  readonly file: string;
  readonly lines: number;
}

export interface Spooled {
  readonly scanned: Scanned;
  /** Those with most lines first. */
  readonly shards: readonly Shard[];
  /** Lines that concern everybody. */
  readonly common: string;
  /** Time of the last line that was taken, epoch ms. */
  readonly endWall: number;
}

/** Lines that wait in memory before they are written down, in characters. */
const HELD = 4 << 20;

/**
 * Deals the lines of logs out by peer, into files in a folder: peers decide independently of each other, so each can be replayed alone, and no log
 * is too long to be held. Rejects with what was wrong with the arguments.
 */
export async function spool(paths: readonly string[], options: LogWindow & { readonly peer?: string }, folder: string): Promise<Spooled> {
  const common = join(folder, "common.jsonl");
  const shards = new Map<string, { readonly file: string; lines: number }>();
  const writer = createWriter();
  let [index, endWall] = [0, 0];
  const scanned = await scanLogs(paths, options, (record) => {
    const wall = wallOf(record);
    if (wall === null) return unknownEvent(record);
    index += 1;
    endWall = wall;
    const text = `${JSON.stringify([index, record])}\n`;
    if (concernsAll(record)) writer.add(common, text);
    else
      for (const name of new Set(namesIn(record))) {
        const shard = shards.get(name) ?? { file: join(folder, `peer-${shards.size}.jsonl`), lines: 0 };
        shards.set(JSON.parse(JSON.stringify(name)) as string, shard);
        shard.lines += 1;
        if (options.peer === undefined || options.peer === name) writer.add(shard.file, text);
      }
    return null;
  });
  writer.add(common, "");
  writer.flush();
  const { peer } = options;
  if (peer !== undefined && !shards.has(peer)) throw unknownPeer(peer, [...shards.keys()]);
  if (shards.size === 0) throw nothingTaken(scanned, paths);
  const chosen = [...shards].filter(([name]) => peer === undefined || name === peer).map(([name, shard]) => ({ peer: name, ...shard }));
  return { scanned, common, endWall, shards: chosen.sort((left, right) => right.lines - left.lines) };
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

/** A peer's lines with those that concern everybody, in the order of the logs. */
export function* unspool(files: readonly string[]): Generator<LogRecord> {
  const lists = files.map((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== ""),
  );
  const at = lists.map(() => 0);
  const indexAt = (list: number): number => {
    const line = lists[list]?.[at[list] ?? 0];
    return line === undefined ? Number.POSITIVE_INFINITY : Number(line.slice(1, line.indexOf(",")));
  };
  for (;;) {
    const next = lists.map((_, list) => list).reduce((best, list) => (indexAt(list) < indexAt(best) ? list : best), 0);
    const line = lists[next]?.[at[next] ?? 0];
    if (line === undefined) return;
    at[next] = (at[next] ?? 0) + 1;
    yield (JSON.parse(line) as [number, LogRecord])[1];
  }
}
