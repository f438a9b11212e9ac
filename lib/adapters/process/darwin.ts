import { execFileSync } from "node:child_process";
import type { Look, ProcessFacts, ProcessTable } from "./table.ts";
import { pidExists } from "./table.ts";

const TIMEOUT_MS = 5000;

/** Processes as `ps` and `sysctl` of macOS show them: one `ps` per question, however many pids it is about. */
export function darwinProcesses(run: (program: string, args: readonly string[]) => string = runProgram): ProcessTable {
  let boot: string | undefined;
  const lookAll = (pids: readonly number[]): ReadonlyMap<number, Look> => lookBy(run, pids);
  return {
    forks: true,
    bootId() {
      boot ??= run("/usr/sbin/sysctl", ["-n", "kern.bootsessionuuid"]).trim();
      return boot;
    },
    exists: pidExists,
    look: (pid) => lookAll([pid]).get(pid) ?? null,
    lookAll,
    walk: () => parseLines(run("/bin/ps", ["-axo", COLUMNS])),
    memory: (pids) => residentBy(run, pids),
    environment: (pid) => environmentBy(run, [pid]).get(pid) ?? null,
    withVariable(pids, name, value) {
      const environments = pids.length === 0 ? new Map() : environmentBy(run, pids);
      return pids.filter((pid) => environments.get(pid)?.[name] === value);
    },
  };
}

const COLUMNS = "pid=,ppid=,stat=,lstart=";

function lookBy(run: (program: string, args: readonly string[]) => string, pids: readonly number[]): ReadonlyMap<number, Look> {
  const there = pids.filter(pidExists);
  const looks = new Map<number, Look>(pids.map((pid) => [pid, null]));
  if (there.length === 0) return looks;
  try {
    for (const facts of parseLines(run("/bin/ps", ["-o", COLUMNS, "-p", there.join(",")]))) looks.set(facts.pid, facts);
  } catch {
    // `ps` also fails when the last of them ended just now; who still has a pid then is not known to be dead.
    for (const pid of there) looks.set(pid, pidExists(pid) ? "unknown" : null);
  }
  return looks;
}

/** Lines of `ps -o pid=,ppid=,stat=,lstart=`; the start time is opaque text with a resolution of one second. */
export function parseLines(text: string): ProcessFacts[] {
  const found: ProcessFacts[] = [];
  for (const line of text.split("\n")) {
    const [, pid, parent, state, startTime] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
    if (pid === undefined || state === undefined || startTime === undefined) continue;
    found.push({ pid: Number(pid), parent: Number(parent), startTime, zombie: state.startsWith("Z") });
  }
  return found;
}

/** Lines of `ps -o pid=,rss=`, in KiB. */
function residentBy(run: (program: string, args: readonly string[]) => string, pids: readonly number[]): ReadonlyMap<number, number> {
  if (pids.length === 0) return new Map();
  try {
    const lines = run("/bin/ps", ["-o", "pid=,rss=", "-p", pids.join(",")]).matchAll(/^\s*(\d+)\s+(\d+)\s*$/gm);
    return new Map([...lines].map(([, pid, kib]) => [Number(pid), Number(kib) * 1024]));
  } catch {
    return new Map();
  }
}

function environmentBy(
  run: (program: string, args: readonly string[]) => string,
  pids: readonly number[],
): Map<number, Record<string, string>> {
  const found = new Map<number, Record<string, string>>();
  try {
    for (const line of run("/bin/ps", ["eww", "-o", "pid=,command=", "-p", pids.join(",")]).split("\n")) {
      const pid = /^\s*(\d+)\s/.exec(line)?.[1];
      if (pid !== undefined) found.set(Number(pid), parseAssignments(line));
    }
  } catch {
    // Unreadable: callers treat a missing environment as not known.
  }
  return found;
}

/** `ps eww` prints arguments and environment in one line, so a value ends where the next ` NAME=` begins. */
export function parseAssignments(line: string): Record<string, string> {
  const pattern = / ([A-Za-z_][A-Za-z0-9_]*)=(.*?)(?= [A-Za-z_][A-Za-z0-9_]*=|$)/g;
  return Object.fromEntries([...line.matchAll(pattern)].map((match) => [match[1] ?? "", match[2] ?? ""]));
}

function runProgram(program: string, args: readonly string[]): string {
  return execFileSync(program, [...args], {
    encoding: "utf8",
    timeout: TIMEOUT_MS,
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "ignore"],
    env: { LC_ALL: "C", TZ: "UTC" },
  });
}
