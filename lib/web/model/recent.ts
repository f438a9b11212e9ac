import type { DecisionRow } from "../contract.ts";

/** The newest decisions, bounded. */
export interface Recent {
  push(row: DecisionRow): void;
  /** Newest last: at most `limit`, older than `before`, of one peer or of one event when asked. */
  find(query: RecentQuery): { rows: DecisionRow[]; more: boolean };
  /** Everything after that id, or null when it is not known here (any more). */
  after(id: string): DecisionRow[] | null;
}

export interface RecentQuery {
  readonly limit: number;
  /** An id; null = from the newest. */
  readonly before: string | null;
  readonly who: string | null;
  readonly ev: string | null;
}

/** Rows are thrown away in slices, so that a push costs the same whatever is kept. */
const SLACK = 500;

export function createRecent(keep: number): Recent {
  let rows: DecisionRow[] = [];
  const indexOf = (id: string): number => {
    const first = rows[0];
    if (first === undefined) return -1;
    const index = numberOf(id) - numberOf(first.id);
    return rows[index]?.id === id ? index : -1;
  };
  return {
    push: (row) => {
      rows.push(row);
      if (rows.length > keep + SLACK) rows = rows.slice(-keep);
    },
    find: ({ limit, before, who, ev }) => {
      const found: DecisionRow[] = [];
      const end = before === null ? rows.length : indexOf(before);
      for (let index = end - 1; index >= 0; index -= 1) {
        const row = rows[index];
        if (row === undefined || (who !== null && row.who !== who) || (ev !== null && row.ev !== ev)) continue;
        if (found.length === limit) return { rows: found.reverse(), more: true };
        found.push(row);
      }
      return { rows: found.reverse(), more: false };
    },
    after: (id) => {
      const index = indexOf(id);
      return index < 0 ? null : rows.slice(index + 1);
    },
  };
}

function numberOf(id: string): number {
  return Number(id.slice(id.lastIndexOf("-") + 1));
}
