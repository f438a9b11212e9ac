/** Drawing: what was said scrolls away upwards, below it stand the composer and a status line that are drawn anew on every change. */
import type { AgentState } from "./files.ts";

export interface Display {
  /** Adds lines for good. */
  say(text: string): void;
  /** Draws composer (null: a question has its place) and status line. */
  draw(composer: string | null, state: AgentState, note: string): void;
  /** Leaves the terminal in order. */
  close(): void;
}

/** Longer inputs are shown by their size only; the text itself is kept. */
const LONG_LINES = 4;
const LONG_CHARACTERS = 400;

function shownInput(text: string): string {
  const lines = text.split("\n").length;
  return lines > LONG_LINES || text.length > LONG_CHARACTERS ? `[Pasted ${lines} lines, ${text.length} characters]` : text;
}

/** Cells that a character takes, generously: a row that is cut early does no harm, a row that wraps would. */
function cells(character: string): number {
  return (character.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1;
}

/** Cuts a text into rows of at most `width` cells. Control characters take no part. */
export function rowsOf(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => {
    const rows = [""];
    let used = 0;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters must not reach the terminal
    for (const character of line.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ")) {
      const wide = cells(character);
      if (used + wide > width) {
        rows.push("");
        used = 0;
      }
      rows[rows.length - 1] += character;
      used += wide;
    }
    return rows;
  });
}

/** The rows at the bottom. */
export function bottomRows(composer: string | null, state: AgentState, note: string, width: number): string[] {
  const input = composer === null ? [] : rowsOf(shownInput(composer), width - 3).map((row, n) => `${n === 0 ? "› " : "  "}${row}`);
  return [...input, `demo · ${state} · ${note}`.slice(0, width - 1)];
}

export function createDisplay(out: NodeJS.WriteStream): Display {
  let drawn: { rows: number; cursorRow: number } | null = null;
  const width = (): number => Math.max(20, out.columns || 80);
  const wipe = (): string => (drawn === null ? "" : `\r${drawn.cursorRow > 0 ? `\u001b[${drawn.cursorRow}A` : ""}\u001b[J`);
  out.write("\u001b[?2004h");
  return {
    say: (text) => {
      out.write(`${wipe()}${rowsOf(text, width() - 1).join("\r\n")}\r\n`);
      drawn = null;
    },
    draw: (composer, state, note) => {
      const rows = bottomRows(composer, state, note, width());
      const cursorRow = Math.max(0, rows.length - 2);
      const column = [...(rows[cursorRow] ?? "")].reduce((sum, character) => sum + (character === "›" ? 1 : cells(character)), 0);
      const up = rows.length - 1 - cursorRow;
      const place = `${up > 0 ? `\u001b[${up}A` : ""}\r${column > 0 ? `\u001b[${column}C` : ""}`;
      out.write(`${wipe()}${rows.join("\r\n")}${place}\u001b]2;demo · ${state}\u0007`);
      drawn = { rows: rows.length, cursorRow };
    },
    close: () => {
      out.write(`${wipe()}\u001b[?2004l`);
    },
  };
}
