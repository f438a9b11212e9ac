import { readdirSync, readFileSync } from "node:fs";
import type { Look, ProcessFacts, ProcessTable } from "./table.ts";
import { pidExists } from "./table.ts";

/** Processes as /proc shows them; no process is started for any question. */
export function linuxProcesses(proc = "/proc"): ProcessTable {
  let boot: string | undefined;
  const look = (pid: number): Look => lookAt(proc, pid);
  const environment = (pid: number): Record<string, string> | null => {
    const block = readBlock(`${proc}/${pid}/environ`);
    return block === null || block === "" ? null : parseEnvironment(block);
  };
  return {
    forks: false,
    bootId() {
      boot ??= readFileSync(`${proc}/sys/kernel/random/boot_id`, "utf8").trim();
      return boot;
    },
    exists: pidExists,
    look,
    lookAll: (pids) => new Map(pids.map((pid) => [pid, look(pid)])),
    walk() {
      const pids = readdirSync(proc).filter((name) => /^\d+$/.test(name));
      return pids.map((pid) => look(Number(pid))).filter((facts): facts is ProcessFacts => facts !== null && facts !== "unknown");
    },
    memory: (pids) => new Map(pids.flatMap((pid) => residentOf(proc, pid))),
    environment,
    withVariable(pids, name, value) {
      const wanted = `\0${name}=${value}\0`;
      return pids.filter((pid) => `\0${readBlock(`${proc}/${pid}/environ`) ?? ""}`.includes(wanted));
    },
  };
}

function lookAt(proc: string, pid: number): Look {
  let stat: string;
  try {
    stat = readFileSync(`${proc}/${pid}/stat`, "latin1");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === "ENOENT" || code === "ESRCH" ? null : "unknown";
  }
  return parseStat(pid, stat) ?? "unknown";
}

/** One line of /proc/<pid>/stat: the command name may hold spaces and parentheses, so the fields start behind the LAST `)`. */
export function parseStat(pid: number, stat: string): ProcessFacts | null {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // Counted from 1 in proc(5): 3 state, 4 ppid, 22 starttime in clock ticks since boot.
  const [state, parent, startTime] = [fields[0], fields[1], fields[19]];
  if (state === undefined || parent === undefined || startTime === undefined) return null;
  return { pid, parent: Number(parent), startTime, zombie: state === "Z" || state === "X" };
}

/** The kernel tells it in KiB whatever its page size; a zombie has none. */
function residentOf(proc: string, pid: number): [pid: number, bytes: number][] {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readBlock(`${proc}/${pid}/status`) ?? "")?.[1];
  return kib === undefined ? [] : [[pid, Number(kib) * 1024]];
}

function readBlock(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

function parseEnvironment(block: string): Record<string, string> {
  const entries = block.split("\0").map((entry): [string, string] => {
    const at = entry.indexOf("=");
    return [entry.slice(0, at), entry.slice(at + 1)];
  });
  return Object.fromEntries(entries.filter(([name]) => name !== ""));
}
