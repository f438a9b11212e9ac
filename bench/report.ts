/** One table of the report; the first row is the head. */
export interface Table {
  readonly name: string;
  readonly title: string;
  /** What was measured and what was not, in a sentence or two. */
  readonly about: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** The numbers behind the table, for `latest.json`. */
  readonly data: unknown;
}

/** How much to measure. */
export interface Effort {
  readonly full: boolean;
  /** Progress, for whoever waits. */
  readonly say: (text: string) => void;
}

export type Benchmark = (effort: Effort) => Promise<Table>;

export function tableText({ title, about, head, rows }: Table): string {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? "").length)));
  const lines = cells.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  "),
  );
  return [`\n${title}`, about, "", ...lines].join("\n");
}

/** The value below which this share of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Three significant digits; enough for a machine that does other things besides. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return "-";
  return value >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

export async function timed<T>(act: () => Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const started = performance.now();
  const value = await act();
  return { ms: performance.now() - started, value };
}

/** The same, and what it cost this process: other jobs on the machine stretch the time, the cost hardly. */
export async function cpuTimed<T>(act: () => Promise<T>): Promise<{ readonly ms: number; readonly cpuMs: number; readonly value: T }> {
  const before = process.cpuUsage();
  const run = await timed(act);
  const { user, system } = process.cpuUsage(before);
  return { ...run, cpuMs: (user + system) / 1000 };
}
