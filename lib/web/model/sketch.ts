/** Neighbouring values are this factor apart, so a quantile is at most 4 % off. */
const STEP = Math.log(1.08);

/** Durations, counted by size instead of kept: bounded whatever happens, and good enough for a chart. */
export interface Sketch {
  readonly count: number;
  /** Milliseconds; negative ones are a clock's mistake and count as 0. */
  add(ms: number): void;
  /** Takes in all that another one has. */
  merge(other: Sketch): void;
  /** How many there are of each size. */
  readonly slots: ReadonlyMap<number, number>;
  /** The value that a share `q` of all is not above; null when there is none. */
  quantile(q: number): number | null;
}

export function createSketch(): Sketch {
  const counts = new Map<number, number>();
  let count = 0;
  const put = (slot: number, times: number): void => {
    counts.set(slot, (counts.get(slot) ?? 0) + times);
    count += times;
  };
  return {
    slots: counts,
    get count() {
      return count;
    },
    add: (ms) => {
      if (Number.isFinite(ms)) put(Math.round(Math.log(Math.max(1, ms)) / STEP), 1);
    },
    merge: (other) => {
      for (const [slot, times] of other.slots) put(slot, times);
    },
    quantile: (q) => {
      let left = Math.max(1, Math.ceil(q * count));
      for (const slot of [...counts.keys()].sort((a, b) => a - b)) {
        left -= counts.get(slot) ?? 0;
        if (left <= 0) return Math.round(Math.exp(slot * STEP));
      }
      return null;
    },
  };
}
