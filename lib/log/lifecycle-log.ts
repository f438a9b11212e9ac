import type { Decision } from "../model/decision.ts";
import { reasonOf } from "../model/errors.ts";
import { isoTime } from "../model/time.ts";
import { type Disk, DiskError } from "../ports/disk.ts";
import { formatLine } from "./logfmt.ts";
import { clearStaleLock, rotate } from "./rotation.ts";

/** Name of the file that decisions go to; rotated parts are `.1` (newest) to `.N`. */
export const LIFECYCLE_LOG = "lifecycle.log";

export interface LifecycleLogOptions {
  readonly disk: Disk;
  /** Absolute; created when absent. `<root>/logs/iapeer`. */
  readonly folder: string;
  /** A part is rotated away before a line that would make it larger than this. */
  readonly maxBytes: number;
  /** How many rotated parts stay. */
  readonly keep: number;
  /** Hears the first failure of a streak: logging never fails a decision, but it must not fail in silence either. */
  readonly onError?: (reason: string) => void;
}

export interface LifecycleLog {
  /** Appends one line for this decision. Resolves when it was written or given up; never rejects. Lines keep the order of the calls. */
  write(decision: Decision): Promise<void>;
  /** Counters for metrics; `bytes` is the size of the newest part as last seen. */
  stats(): { readonly bytes: number; readonly written: number; readonly failed: number };
}

/** The line of a decision, without its line end: `ts` first, then `ev`, then the fields in their order. */
export function decisionLine(decision: Decision): string {
  return formatLine({ ts: isoTime(decision.at), ev: decision.ev, ...decision.fields });
}

/** The log of every decision (lifecycle §12). Several writers may share one folder, also from several processes. */
export function lifecycleLog(options: LifecycleLogOptions): LifecycleLog {
  const { disk, folder } = options;
  const path = `${folder}/${LIFECYCLE_LOG}`;
  const counts = { bytes: 0, written: 0, failed: 0 };
  const lines = streak(options.onError);
  const rotations = streak(options.onError);
  let tail: Promise<void> = Promise.resolve();
  /** The file may end in half a line: ours after a failed write, somebody's that was killed before we came. */
  let unsureOfEnd = true;
  let lockMayLinger = true;

  const makeRoom = async (length: number, at: number): Promise<number> => {
    const size = (await disk.stat(path))?.size ?? 0;
    if (lockMayLinger) lockMayLinger = !(await clearStaleLock(disk, path, at));
    if (size === 0 || size + length <= options.maxBytes) return size;
    try {
      await rotate(disk, path, { keep: options.keep, at, stillFull: (now) => now + length > options.maxBytes });
      rotations.ended();
    } catch (error) {
      lockMayLinger = true;
      rotations.failed(`${path} cannot be rotated: ${reasonOf(error)}`);
    }
    return (await disk.stat(path))?.size ?? 0;
  };

  const writeOne = async (decision: Decision): Promise<void> => {
    try {
      const line = `${decisionLine(decision)}\n`;
      const size = await makeRoom(Buffer.byteLength(line), decision.at);
      const text = unsureOfEnd && size > 0 && (await endsTorn(disk, path)) ? `${TORN_MARK}\n${line}` : line;
      await appendMakingFolder(disk, folder, path, text);
      counts.bytes = size + Buffer.byteLength(text);
      counts.written += 1;
      unsureOfEnd = false;
      lines.ended();
    } catch (error) {
      unsureOfEnd = true;
      counts.failed += 1;
      lines.failed(`${path}: ${reasonOf(error)}`);
    }
  };

  return {
    write: (decision) => {
      tail = tail.then(() => writeOne(decision));
      return tail;
    },
    stats: () => ({ ...counts }),
  };
}

/** Tells the first failure of each streak only. */
function streak(tell: ((reason: string) => void) | undefined): { failed(reason: string): void; ended(): void } {
  let going = false;
  return {
    failed: (reason) => {
      if (!going) tell?.(reason);
      going = true;
    },
    ended: () => {
      going = false;
    },
  };
}

/** Ends half a line so that no reader takes it for a whole one: a bare backslash is legal nowhere. */
const TORN_MARK = "\\";

async function endsTorn(disk: Disk, path: string): Promise<boolean> {
  const text = await disk.read(path);
  return text !== null && text !== "" && !text.endsWith("\n");
}

async function appendMakingFolder(disk: Disk, folder: string, path: string, text: string): Promise<void> {
  try {
    await disk.append(path, text);
  } catch (error) {
    if (!(error instanceof DiskError) || error.code !== "ENOENT") throw error;
    await disk.makeFolder(folder);
    await disk.append(path, text);
  }
}
