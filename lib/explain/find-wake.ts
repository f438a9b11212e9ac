import type { LogRecord } from "../log/index.ts";
import { IapeerError } from "../model/errors.ts";
import { parseIdentity } from "../model/identity.ts";
import { nearest } from "../model/nearest.ts";
import { parseIsoTime } from "../model/time.ts";

/** Whose decision, and the latest wall epoch ms that it may have. */
export interface WakeSearch {
  /** A peer's name or an identity. */
  readonly peer: string;
  readonly runtime?: string;
  readonly at: number;
  /** For the message: the time as it was asked for. */
  readonly asked: string;
}

/**
 * The newest `wake` line of a peer at or before a time. Throws `unknown-peer` (with the nearest name of the log) or `no-decision` (with the
 * oldest decision that there is).
 */
export function findWake(records: readonly LogRecord[], { peer, runtime, at, asked }: WakeSearch): LogRecord {
  const wakes = records.filter(({ ev }) => ev === "wake");
  const own = wakes.filter((line) => concerns(line, peer, runtime));
  const found = own.filter(({ ts }) => (parseIsoTime(ts) ?? Number.POSITIVE_INFINITY) <= at).at(-1);
  if (found !== undefined) return found;
  const name = runtime === undefined ? peer : `${peer} on ${runtime}`;
  const [oldest] = own;
  if (oldest !== undefined)
    throw new IapeerError("no-decision", `no wake of ${name} is recorded at or before ${asked}; the oldest is at ${oldest.ts}`);
  const names = [
    ...new Set(wakes.flatMap((line) => [line["personality"] ?? parseIdentity(line["identity"] ?? "")?.personality ?? []].flat())),
  ];
  const near = nearest(peer, names);
  const meant = near === null || near === peer ? "" : `; did you mean "${near}"?`;
  const known = names.length === 0 ? "it holds no wake at all" : `it knows ${names.slice(0, 20).join(", ")}`;
  throw new IapeerError("unknown-peer", `lifecycle.log holds no wake of "${name}"${meant} (${known})`);
}

function concerns(line: LogRecord, peer: string, runtime: string | undefined): boolean {
  const names = parseIdentity(line["identity"] ?? "");
  if (runtime !== undefined && (line["runtime"] ?? names?.runtime) !== runtime) return false;
  return line["identity"] === peer || (line["personality"] ?? names?.personality) === peer;
}
