import type { Decided } from "../incident/compare.ts";
import type { Difference } from "./differences.ts";

/** A decision in a few words: `resume · idle-reaped-resume`, `parked`, `hold opens`. */
export function decisionWords(decided: Decided | null): string {
  if (decided === null) return "–";
  const { ev, ...fields } = decided.record;
  switch (ev) {
    case "wake":
      return `${fields["mode"]} · ${fields["cause"]}${fields["probe"] === true || fields["probe"] === "true" ? " (probe)" : ""}`;
    case "exit":
      return `ends: ${fields["class"]}`;
    case "hold":
      return fields["state"] === "open" ? `hold opens (level ${fields["level"] ?? 1})` : `hold ${fields["state"]}`;
    case "notice":
      return `notice: ${fields["kind"]}`;
    default:
      return `${ev}: ${fields["outcome"] ?? ""}`;
  }
}

/** How many decisions differ, and how. */
export function countsText({ changed, moved, gone, added }: Readonly<Record<"changed" | "moved" | "gone" | "added", number>>): string {
  const parts = [
    [changed, "decided otherwise"],
    [moved, "at another time"],
    [gone, "no more"],
    [added, "new"],
  ] as const;
  const total = changed + moved + gone + added;
  if (total === 0) return "no decision differs";
  return `${total.toLocaleString("en-US")} decisions differ: ${parts
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${count.toLocaleString("en-US")} ${words}`)
    .join(", ")}`;
}

/** Of those that are listed: what the table of differences has in a row. */
export function differenceCells({ lane, own, other }: Difference): readonly [peer: string, own: string, other: string] {
  return [lane, decisionWords(own), decisionWords(other)];
}
