import { readdirSync, readFileSync } from "node:fs";
import { pause } from "./fleet.ts";

/** One living process that was started for a root, as /proc shows it. */
export interface Seen {
  readonly pid: number;
  readonly parent: number;
  readonly startTime: string;
  readonly identity: string | null;
  readonly instance: string | null;
  readonly role: "agent" | "tmux" | "daemon" | "other";
}

/** Every living process whose environment names this root. Zombies have no environment and are not seen. */
export function processesOf(root: string): Seen[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.flatMap((pid) => lookAt(Number(pid), root) ?? []);
}

/** Is exactly this process still alive? */
export function stillThere(seen: Pick<Seen, "pid" | "startTime">): boolean {
  return statOf(seen.pid)?.startTime === seen.startTime && read(`/proc/${seen.pid}/environ`) !== "";
}

function lookAt(pid: number, root: string): Seen | null {
  const environment = `\0${read(`/proc/${pid}/environ`)}`;
  if (!environment.includes(`\0IAPEER_ROOT=${root}\0`)) return null;
  const stat = statOf(pid);
  if (stat === null) return null;
  const value = (name: string): string | null => new RegExp(`\\0${name}=([^\\0]*)`).exec(environment)?.[1] ?? null;
  return { pid, ...stat, identity: value("PEER_IDENTITY"), instance: value("IAPEER_INSTANCE"), role: roleOf(read(`/proc/${pid}/cmdline`)) };
}

function roleOf(command: string): Seen["role"] {
  const words = command.split("\0");
  if (words[0]?.endsWith("tmux") || words[0]?.startsWith("tmux")) return "tmux";
  if (/node[^/]*$/.test(words[0] ?? "") && words[1]?.endsWith("agent/main.ts")) return "agent";
  return words[1]?.endsWith("bin/iapeer.ts") && words[2] === "daemon" ? "daemon" : "other";
}

function statOf(pid: number): { parent: number; startTime: string } | null {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[19] === undefined ? null : { parent: Number(fields[1]), startTime: fields[19] };
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

/** Ends everything that was started for this root: only processes whose own environment names it. */
export async function endAllOf(root: string): Promise<void> {
  for (let round = 0; round < 100; round += 1) {
    const left = processesOf(root);
    if (left.length === 0) return;
    for (const { pid } of left) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has just ended by itself.
      }
    }
    await pause(20);
  }
}
