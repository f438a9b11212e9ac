import type { Trace } from "../world/api.ts";
import { ROOT } from "../world/layout.ts";

/** One operation of the daemon that a crash can be put at. */
export interface Point {
  /** Its number in the run: what `crashes --point` takes. */
  readonly n: number;
  readonly atMs: number;
  readonly kind: "disk" | "host";
  readonly op: string;
  /** A path relative to the root, or an identity. */
  readonly subject: string;
  /** While the daemon starts, before the timeline begins: no entry can be written in front of it. */
  readonly atBoot: boolean;
}

const READS: readonly string[] = ["read", "list", "stat", "realPath", "probe", "sessions", "sweep", "attached"];

/** Can the world look different after this operation? */
export function changesSomething(op: string): boolean {
  return !READS.includes(op);
}

/** The numbered disk and host operations of a run, in their order. */
export function listPoints(trace: Pick<Trace, "entries">): Point[] {
  const points: Point[] = [];
  let atBoot = true;
  for (const { kind, at, data } of trace.entries) {
    if (kind === "action") atBoot = false;
    if ((kind !== "disk" && kind !== "host") || typeof data["n"] !== "number") continue;
    const subject = String(data["path"] ?? data["identity"] ?? "");
    points.push({ n: data["n"], atMs: at, kind, op: String(data["op"]), subject: relative(subject), atBoot: atBoot && at === 0 });
  }
  return points.sort((left, right) => left.n - right.n);
}

function relative(path: string): string {
  return path.startsWith(`${ROOT}/`) ? path.slice(ROOT.length + 1) : path;
}
