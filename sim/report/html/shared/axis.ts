/**
 * The time axis: virtual time bent so that a run can be read. Three kinds of pieces, in units that a zoom factor turns into pixels:
 * stretches in proportion to time; idle gaps folded to one fixed width; and instants at which several things happen, widened so that
 * they stand side by side in the order in which they happened.
 */
export interface Axis {
  readonly width: number;
  readonly instants: readonly Instant[];
  readonly folds: readonly Fold[];
  /** Where a point of the trace is drawn. */
  unitOf(at: number, seq: number): number;
  /** The moment that is drawn there; `seq` is the last thing that had happened, or null when all up to that time has. */
  pointAt(unit: number): { readonly at: number; readonly seq: number | null };
}

/** Something that takes room on the axis; `lane` because only things of one lane stand in each other's way. */
export interface Stop {
  readonly at: number;
  readonly seq: number;
  readonly lane: string;
}

export interface Fold {
  readonly from: number;
  readonly to: number;
  readonly unit: number;
}

export interface Instant {
  readonly at: number;
  readonly unit: number;
  readonly columns: number;
  /** First and last place in the order of the trace in each column. */
  readonly seqs: readonly (readonly [first: number, last: number])[];
}

/** Units of one column of marks, and of a fold. */
export const COLUMN = 18;
export const FOLD = 60;
/** Units of a second, at most; long runs get less, so that time and marks share the width. */
const SECOND = 12;

/**
 * Builds an axis over `[0, endMs]`. `stops` need room; `edges` (times at which a bar begins or ends) only interrupt a gap. A gap of at
 * least `foldMs` without either is folded; infinite = none.
 */
export function buildAxis(stops: readonly Stop[], edges: readonly number[], endMs: number, foldMs: number): Axis {
  const columns = columnsOf(stops);
  const times = [...new Set([0, endMs, ...edges, ...columns.keys()])].filter((at) => at >= 0 && at <= endMs).sort((a, b) => a - b);
  const scale = unitsPerMs(times, foldMs, stops.length);
  const instants: Instant[] = [];
  const folds: Fold[] = [];
  let unit = 0;
  let before = 0;
  for (const at of times) {
    const gap = at - before;
    if (gap >= foldMs) {
      folds.push({ from: before, to: at, unit });
      unit += FOLD;
    } else unit += gap * scale;
    const seqs = columns.get(at) ?? [];
    instants.push({ at, unit, columns: seqs.length, seqs });
    unit += seqs.length * COLUMN;
    before = at;
  }
  return { width: unit, instants, folds, unitOf: (at, seq) => unitOf(instants, at, seq), pointAt: (x) => pointAt(instants, x) };
}

/** Columns of each instant: a mark goes beside the one before it in its own lane, and never left of an earlier one of any lane. */
function columnsOf(stops: readonly Stop[]): Map<number, [number, number][]> {
  const byTime = new Map<number, [number, number][]>();
  const used = new Map<string, number>();
  for (const { at, seq, lane } of [...stops].sort((a, b) => a.at - b.at || a.seq - b.seq)) {
    const seqs = byTime.get(at) ?? [];
    if (seqs.length === 0) used.clear();
    byTime.set(at, seqs);
    const column = Math.max(seqs.length - 1, (used.get(lane) ?? -1) + 1);
    used.set(lane, column);
    seqs[column] = [seqs[column]?.[0] ?? seq, seq];
  }
  return byTime;
}

function unitsPerMs(times: readonly number[], foldMs: number, stops: number): number {
  let flowing = 0;
  for (const [index, at] of times.entries()) {
    const gap = at - (times[index - 1] ?? 0);
    if (gap < foldMs) flowing += gap;
  }
  const room = Math.max(400, 0.6 * stops * COLUMN);
  return Math.min(SECOND / 1000, room / Math.max(1, flowing));
}

function unitOf(instants: readonly Instant[], at: number, seq: number): number {
  const index = lastAtOrBefore(instants, (instant) => instant.at, at);
  const instant = instants[index];
  if (instant === undefined) return 0;
  if (instant.at === at) return instant.unit + columnOf(instant, seq) * COLUMN;
  const next = instants[index + 1];
  const end = instant.unit + instant.columns * COLUMN;
  if (next === undefined) return end;
  return end + ((at - instant.at) / (next.at - instant.at)) * (next.unit - end);
}

/** The middle of the column of the last stop that is not after `seq`; the left edge when all of them are. */
function columnOf({ seqs }: Instant, seq: number): number {
  const passed = seqs.findLastIndex(([first]) => first <= seq);
  return passed < 0 ? 0 : passed + 0.5;
}

function pointAt(instants: readonly Instant[], unit: number): ReturnType<Axis["pointAt"]> {
  const index = lastAtOrBefore(instants, (instant) => instant.unit, unit);
  const instant = instants[index];
  if (instant === undefined) return { at: 0, seq: null };
  const inside = (unit - instant.unit) / COLUMN;
  if (inside < instant.columns) return { at: instant.at, seq: instant.seqs[Math.floor(inside)]?.[1] ?? null };
  const next = instants[index + 1];
  const end = instant.unit + instant.columns * COLUMN;
  const share = next === undefined || next.unit <= end ? 0 : (unit - end) / (next.unit - end);
  const at = next === undefined ? instant.at : instant.at + share * (next.at - instant.at);
  return { at, seq: null };
}

function lastAtOrBefore<T>(list: readonly T[], key: (item: T) => number, limit: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = list[middle];
    if (item !== undefined && key(item) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
