import { printable, type TerminalStyle, terminalStyle } from "../../lib/adapters/terminal-style.ts";

/** Everything that a verb may know of the program's surroundings; a test gives its own. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborts when the person wants no more of a verb that goes on. */
  readonly interrupted: AbortSignal;
}

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Width of a terminal. */
  readonly columns?: number;
}

/** A text output with its style. */
export interface Printer {
  readonly style: TerminalStyle;
  /** Columns of the terminal; null when it is none, or does not say. */
  readonly width: number | null;
  /** One line; text of others must go through `printable` first. */
  line(text?: string): void;
  json(value: unknown): void;
}

export function printer(output: Output, env: Io["env"]): Printer {
  return {
    style: terminalStyle(output.isTTY === true, env),
    width: (output.isTTY === true && output.columns) || null,
    line: (text = "") => void output.write(`${text}\n`),
    json: (value) => void output.write(`${JSON.stringify(value)}\n`),
  };
}

/** Rows in columns, padded by what is visible; the last column is not padded. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, visibleLength(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell + " ".repeat((widths[column] ?? 0) - visibleLength(cell))))
      .join("  ")
      .trimEnd(),
  );
}

function visibleLength(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: our own colour codes are not visible
  return [...text.replace(/\u001b\[\d+m/g, "")].length;
}

export { printable };
