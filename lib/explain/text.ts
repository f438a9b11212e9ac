import { printable, type TerminalStyle } from "../adapters/terminal-style.ts";
import { aligned, type Columns, wrap } from "./layout.ts";
import type { ShownExplanation } from "./shown.ts";
import { factLines, guardText, idleLines, shortFact } from "./words.ts";

export interface TextOptions {
  readonly style: TerminalStyle;
  /** Columns of the terminal; null: lines are never wrapped. */
  readonly width: number | null;
}

/** An explanation for a person: what would happen or did, every row with its facts, refusals, margins, what would change it. */
export function explanationText(shown: ShownExplanation, options: TextOptions): string[] {
  const { style, width } = options;
  const section = (title: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : ["", style.bold(title), ...lines]);
  const plain = (texts: readonly string[]): string[] =>
    aligned(
      texts.map((text) => ({ cells: [printable(text)] })),
      width,
    );
  return [
    ...headLines(shown, options),
    ...section("rows, the first that holds decides:", aligned(rowColumns(shown, style), width, 0)),
    ...section(
      "facts:",
      shown.rows.length === 0
        ? []
        : aligned(
            factLines(shown).map((cells) => ({ cells: cells.map(printable) })),
            width,
          ),
    ),
    ...section("refusals, in this order:", aligned(refusalColumns(shown, style), width)),
    ...section("would it be parked?", shown.idle === null ? [] : plain(idleLines(shown.idle))),
    ...section(
      shown.recorded === null ? "it would be otherwise if:" : "it would have been otherwise if:",
      plain(shown.changes.map(({ change, mode, cause }) => `${change}: ${mode} (${cause})`)),
    ),
  ];
}

function headLines(shown: ShownExplanation, { style, width }: TextOptions): string[] {
  const { identity, at, state, refusal, decision, recorded, asIfTopic, fits } = shown;
  const line = (text: string, paint = (one: string) => one): string[] => wrap(printable(text), width).map(paint);
  if (recorded !== null) {
    const reason = recorded.reason === null ? "" : ` (${recorded.reason})`;
    const by = recorded.by === null ? "" : `, asked by ${recorded.by}`;
    const what = recorded.mode === "refused" ? "a wake was refused" : `it came up ${recorded.mode.toUpperCase()}`;
    const otherwise =
      decision === null ? "that cannot be told from what the line holds" : `${decision.mode.toUpperCase()}, because ${decision.cause}`;
    return [
      ...line(
        `${identity} at ${at}: ${what}, because ${recorded.cause}${reason}${by}`,
        recorded.mode === "refused" ? style.bad : undefined,
      ),
      ...(asIfTopic === null || recorded.mode === "refused" ? [] : line(`with the topic ${JSON.stringify(asIfTopic)}: ${otherwise}`)),
      ...(fits
        ? []
        : line("the facts on this line do not lead to that by this version's table; another version may have written it", style.warn)),
    ];
  }
  const up = state === "alive" || state === "booting" || state === "waiting";
  return [
    ...(up ? line(`${identity} is ${state}: a message goes to its session. Had that session ended by itself just now:`) : []),
    ...(refusal === null ? [] : line(`refused: a wake of ${identity} would be refused now (${refusal}); otherwise:`, style.bad)),
    ...(decision === null ? [] : line(`${identity} would come up ${decision.mode.toUpperCase()}, because ${decision.cause}`)),
  ];
}

function rowColumns(shown: ShownExplanation, style: TerminalStyle): Columns[] {
  return shown.rows.map(({ row, condition, mode, cause, held, by }) => {
    const decides = row === shown.decision?.row;
    const why = by.length === 0 ? "" : ` [${by.map((fact) => shortFact(fact, shown)).join(", ")}]`;
    return {
      cells: [decides ? style.mark("→", "=>") : "", heldWord(held), row, mode, cause, `${condition}${why}`].map(printable),
      paint: decides ? style.bold : style.dim,
    };
  });
}

function refusalColumns({ refusals, guard }: ShownExplanation, style: TerminalStyle): Columns[] {
  const first = refusals.find(({ held }) => held === true);
  return refusals.map(({ refusal, held }) => ({
    cells: [heldWord(held), refusal, refusal === "crash-loop" && (held !== null || guard.deaths !== null) ? guardText(guard) : ""],
    ...(refusal === first?.refusal ? { paint: style.bad } : {}),
  }));
}

function heldWord(held: boolean | null): string {
  return held === null ? "?" : held ? "yes" : "no";
}
