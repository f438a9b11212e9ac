import type { Decision } from "../../lib/model/decision.ts";
import type { Receipt } from "../../lib/model/message.ts";
import type { TraceEntry, World } from "../world/api.ts";

/** What came to a growing list since the last time. */
export function news<T>(list: readonly T[]): () => readonly T[] {
  let read = 0;
  return () => {
    if (read === list.length) return [];
    const fresh = list.slice(read);
    read = list.length;
    return fresh;
  };
}

/** A field of a decision as text; empty when it has none. */
export function field(decision: Pick<Decision, "fields">, name: string): string {
  return String(decision.fields[name] ?? "");
}

export function dataOf(entry: TraceEntry, name: string): string {
  return String(entry.data[name] ?? "");
}

const FINAL: readonly Receipt["stage"][] = ["landed", "refused", "failed"];

export function isFinal(receipt: Receipt | undefined): boolean {
  return receipt !== undefined && FINAL.includes(receipt.stage);
}

/** Virtual ms since when one and the same daemon has been up; null while none is, or while one is going up. */
export function upSince(world: World): number | null {
  if (world.daemon() === null) return null;
  return world.truth.daemonLife.findLast(({ what }) => what === "start")?.at ?? null;
}

/** The daemon that an operation or timer in the trace belongs to: 2 for `daemon-2`; 0 for anything else. */
export function daemonNumber(lane: string): number {
  return Number(/^daemon-(\d+)$/.exec(lane)?.[1] ?? 0);
}

/** Disk operations that others can see. */
export const VISIBLE_CHANGES: readonly string[] = ["append", "truncate", "rename", "remove"];
