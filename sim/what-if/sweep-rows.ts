import type { Outcome, WhatIf } from "./comparison.ts";
import { sizeOf } from "./settings.ts";

/** One value of a setting that is swept. */
export interface SweepRow {
  readonly value: string | number;
  /** It is the log's own. */
  readonly now: boolean;
  readonly outcome: Outcome;
}

/** The values that were tried and, where it is none of them, the log's own, rising. */
export function sweepRows({ log, tried }: WhatIf, name: string): SweepRow[] {
  const own = log.config[name] ?? "";
  const rows = tried
    .map((outcome) => ({ value: valueIn(outcome.config[name]), outcome }))
    .map((row) => ({ ...row, now: sizeOf(row.value) === sizeOf(valueIn(own)) }));
  const all = rows.some(({ now }) => now) ? rows : [...rows, { value: valueIn(own), outcome: log, now: true }];
  return all.sort((left, right) => sizeOf(left.value) - sizeOf(right.value));
}

function valueIn(value: string | number | boolean | undefined): string | number {
  return typeof value === "number" ? value : String(value);
}
