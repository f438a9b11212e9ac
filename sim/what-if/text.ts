import { span } from "../../lib/explain/words.ts";
import { isoTime } from "../../lib/model/time.ts";
import { recordText } from "../expect/record-text.ts";
import type { Theme } from "../report/theme.ts";
import type { Outcome, Reproduction, Tried, WhatIf } from "./comparison.ts";
import { changeText, type Figure, figures, figureText, hoursOf, sweptFigures } from "./figures.ts";
import { sweepRows } from "./sweep-rows.ts";
import { countsText, differenceCells } from "./words.ts";

export interface WhatIfText {
  readonly theme: Theme;
  /** Text of others as it may stand on a terminal. */
  readonly printable: (text: string) => string;
  /** So many differences are shown. */
  readonly shown: number;
}

/** One set of settings against the log's own. */
export function whatIfText(whatIf: WhatIf, tried: Tried, options: WhatIfText): string[] {
  const { theme, printable } = options;
  return [
    theme.strong(`what if ${tried.name}, instead of ${whatIf.log.name}`),
    ...headText(whatIf, options),
    "",
    ...figureTable(whatIf.log, tried, options),
    "",
    countsText(tried.counts),
    ...differenceTable(whatIf, tried, options).map(printable),
    ...notesText(whatIf, theme),
  ];
}

/** Several values of one setting: what each costs, and what it saves. */
export function sweepText(whatIf: WhatIf, name: string, options: WhatIfText): string[] {
  const { theme } = options;
  const rows = sweepRows(whatIf, name);
  const most = Math.max(1, ...rows.map(({ outcome }) => hoursOf(outcome.totals)));
  const columns = sweptFigures(whatIf.log.totals.byteMs !== null);
  const head = [name, ...columns.map(({ label }) => label), ""];
  const body = rows.map(({ value, now, outcome }) => [
    `${value}${now ? " *" : "  "}`,
    ...columns.map((figure) => figureText(figure, outcome.totals)),
    "█".repeat(Math.max(1, Math.round((hoursOf(outcome.totals) / most) * BAR))),
  ]);
  return [
    theme.strong(`what if ${name} were otherwise; * is ${whatIf.log.name}, as it was`),
    ...headText(whatIf, options),
    "",
    ...columnsText([head, ...body], theme),
    "",
    theme.quiet(
      "The bars are hours of live sessions. A conversation that was parked costs its next sender a boot; one that stays alive costs memory.",
    ),
    ...notesText(whatIf, theme),
  ];
}

const BAR = 24;

function headText({ logs, lines, noun, peers, startWall, lengthMs, own }: WhatIf, { theme, printable }: WhatIfText): string[] {
  const what = `${lines.toLocaleString("en-US")} ${noun} of ${printable(logs.join(", "))}: ${peers === 1 ? "one peer" : `${peers} peers`}`;
  const when = `${isoTime(startWall)} to ${isoTime(startWall + lengthMs)} (${span(lengthMs, "passed")})`;
  return [`${what}, ${when}`, ...reproductionText(own, startWall, { theme, printable })];
}

/** Whether the comparison stands on firm ground. */
function reproductionText(own: Reproduction, startWall: number, { theme, printable }: Pick<WhatIfText, "theme" | "printable">): string[] {
  const { decisions, same, maxApartMs, parted, first } = own;
  const [all, agreed] = [decisions.toLocaleString("en-US"), same.toLocaleString("en-US")];
  if (first === null) return [theme.good(`under its own settings all ${all} decisions come out again, at most ${maxApartMs} ms apart`)];
  const side = (name: string, one: typeof first.expected): string =>
    `  ${name}  ${one === null ? "nothing more" : `${isoTime(startWall + one.atMs)}  ${printable(recordText(one.record))}`}`;
  return [
    theme.bad(
      `under its own settings ${agreed} of ${all} decisions come out again; ${parted} of the peers part from the log, first ${printable(first.lane)}:`,
    ),
    side("log   ", first.expected),
    side("replay", first.actual),
    "  an input that the log does not hold, or a defect: what follows compares two replays, and holds for the log as far as they agree with it",
  ];
}

function figureTable(log: Outcome, tried: Tried, { theme }: WhatIfText): string[] {
  const cells = (figure: Figure): string[] => [
    `${figure.part ? "  " : ""}${figure.label}`,
    figureText(figure, log.totals),
    figureText(figure, tried.totals),
    changeText(figure, log.totals, tried.totals),
  ];
  return columnsText([["", log.name, tried.name, ""], ...figures(log.totals.byteMs !== null).map(cells)], theme);
}

/** The first column to the left, the last as it is, the others to the right. */
function columnsText(rows: readonly (readonly string[])[], theme: Theme): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? "")].length)));
  return rows.map((row, index) => {
    const line = row
      .map((cell, column) => {
        const pad = " ".repeat((widths[column] ?? 0) - [...cell].length);
        return column === 0 ? cell + pad : column === row.length - 1 ? cell : pad + cell;
      })
      .join("  ")
      .trimEnd();
    return index === 0 ? theme.quiet(line) : line;
  });
}

function differenceTable({ startWall, log }: WhatIf, { differences, counts, name }: Tried, { theme, shown }: WhatIfText): string[] {
  if (differences.length === 0) return [];
  const rows = differences.slice(0, shown).map((one) => [isoTime(startWall + one.atMs), ...differenceCells(one)]);
  const all = [["", "", log.name, name], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => [...(row[column] ?? "")].length)));
  const lines = all.map((row) =>
    `  ${row.map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - (column < 3 ? [...cell].length : 0))).join("  ")}`.trimEnd(),
  );
  const more = counts.changed + counts.gone + counts.added - rows.length;
  return [
    theme.quiet(lines[0] ?? ""),
    ...lines.slice(1),
    ...(more > 0 ? [theme.quiet(`  and ${more.toLocaleString("en-US")} more (--limit)`)] : []),
  ];
}

function notesText({ notes }: WhatIf, theme: Theme): string[] {
  return ["", ...notes.map((note) => theme.quiet(`note: ${note}`))];
}
