/**
 * What an operating system tells about its processes. Everything is three-valued where it matters: a fact, `null` for "there is no
 * such process", `"unknown"` when the look itself failed (lifecycle §6: a failed probe is no death).
 */
export interface ProcessTable {
  /** Does a `look` start a process (macOS)? Then it is asked less often. */
  readonly forks: boolean;
  /** Constant until the machine is restarted. */
  bootId(): string;
  /** The cheapest question there is, no file read, no process started: false only when no process has this pid. A zombie still has it. */
  exists(pid: number): boolean;
  look(pid: number): Look;
  /** Many looks for the price of at most one process started. */
  lookAll(pids: readonly number[]): ReadonlyMap<number, Look>;
  /** One snapshot of all processes. Throws when there is none to be had. */
  walk(): readonly ProcessFacts[];
  /** Resident bytes of each of these processes; those that cannot be read are missing. */
  memory(pids: readonly number[]): ReadonlyMap<number, number>;
  /** The environment that the process was started with; null when it cannot be read. */
  environment(pid: number): Readonly<Record<string, string>> | null;
  /** Pids whose environment holds `name=value`, among the given. */
  withVariable(pids: readonly number[], name: string, value: string): readonly number[];
}

export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** Opaque; equal for the same process only. */
  readonly startTime: string;
  /** Dead, not yet collected by its parent. */
  readonly zombie: boolean;
}

export type Look = ProcessFacts | null | "unknown";

/** Is there any process with this pid? EPERM means there is one, somebody else's. */
export function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
