/** A line of columns; the last one may be wrapped. */
export interface Columns {
  readonly cells: readonly string[];
  readonly paint?: (text: string) => string;
}

/** A last column narrower than this goes onto lines of its own. */
const NARROWEST = 24;
const OWN_LINE_INDENT = 6;

/** Aligned columns; the last one is wrapped to the width (null: never) and goes on below its beginning. */
export function aligned(rows: readonly Columns[], width: number | null, indent = 2): string[] {
  const columns = Math.max(0, ...rows.map(({ cells }) => cells.length));
  const widths = Array.from({ length: Math.max(0, columns - 1) }, (_, column) =>
    Math.max(0, ...rows.map(({ cells }) => lengthOf(cells[column] ?? ""))),
  );
  const start = indent + widths.reduce((sum, one) => sum + one + 2, 0);
  return rows.flatMap(({ cells, paint = (text) => text }) => {
    const head = widths.map((one, column) => (cells[column] ?? "") + " ".repeat(one - lengthOf(cells[column] ?? ""))).join("  ");
    const first = `${" ".repeat(indent)}${head}`;
    const last = cells[columns - 1] ?? "";
    if (width !== null && width - start < NARROWEST && columns > 1) {
      return [
        ...wrap(first.trimEnd(), width),
        ...wrap(last, width - OWN_LINE_INDENT).map((line) => " ".repeat(OWN_LINE_INDENT) + line),
      ].map(paint);
    }
    const [begin = "", ...more] = wrap(last, width === null ? null : width - start);
    const gap = columns > 1 ? "  " : "";
    return [`${first}${gap}${begin}`.trimEnd(), ...more.map((line) => " ".repeat(start) + line)].map(paint);
  });
}

/** Words on lines of at most this width; a word that is longer is broken. */
export function wrap(text: string, width: number | null): string[] {
  if (width === null || lengthOf(text) <= width) return [text];
  const room = Math.max(8, width);
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line === "" || lengthOf(line) + 1 + lengthOf(word) <= room) lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
    else lines.push(word);
    for (let last = lines.at(-1) ?? ""; lengthOf(last) > room; last = lines.at(-1) ?? "") {
      lines.splice(-1, 1, [...last].slice(0, room).join(""), [...last].slice(room).join(""));
    }
  }
  return lines;
}

function lengthOf(text: string): number {
  return [...text].length;
}
