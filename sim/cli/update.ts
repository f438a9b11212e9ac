import { readFileSync, writeFileSync } from "node:fs";
import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, stringify, visit } from "yaml";
import { isPassedOver, type PlainRecord, type TimedRecord } from "../expect/index.ts";
import { parseScenario } from "../language/parse.ts";
import { type Manner, plainly, type Run, type RunOptions, runScenario } from "../runner/index.ts";

/** A `log:` list that is to be filled in, by where its key stands. */
interface Slot {
  /** Offset of the key; places are compared in the emptied text. */
  readonly key: number;
  /** What is replaced: from here to there; equal for a list that is not there. */
  readonly from: number;
  readonly to: number;
}

/**
 * Writes what happened into the `log:` lists of a file that are empty or carry `# update` on their line; everything else in the file, comments
 * included, stays as it is. Refuses when anything else than those lists does not hold. Says in one line what it did.
 */
export async function updateFile(file: string, parts: RunOptions): Promise<string> {
  const original = readFileSync(file, "utf8");
  const { text: emptied, slots } = splice(original, slotsOf(original), () => EMPTY_LIST);
  if (slots.length === 0) return "";
  const parsed = parseScenario(emptied, file);
  if ("problems" in parsed) return `${file}: not updated, it is not a valid scenario\n`;
  const filled = new Map<number, readonly TimedRecord[]>();
  const lines = new LineCounter();
  parseDocument(emptied, { lineCounter: lines });
  const keyAt = (line: number, column: number): number => (lines.lineStarts[line - 1] ?? 0) + column - 1;
  const result = await runScenario(parsed.scenario, { ...parts, manner: (run) => recording(run, filled, keyAt, slots) });
  const [failure] = result.failures;
  if (failure !== undefined || result.verdict !== "pass") {
    return `${file}: not updated, ${failure === undefined ? result.verdict : `${failure.part} does not hold: ${failure.headline}`}\n`;
  }
  const severalPeers = parsed.scenario.peers.size > 1;
  const { text } = splice(emptied, slots, (slot, column) => listText(filled.get(slot.key) ?? [], column, severalPeers));
  if (text === original) return "";
  writeFileSync(file, text);
  return `${file}: ${slots.length} ${slots.length === 1 ? "list" : "lists"} updated\n`;
}

/** Runs as usual, but takes down what came where a list is to be filled in, instead of judging that list. */
function recording(
  run: Run,
  filled: Map<number, readonly TimedRecord[]>,
  keyAt: (line: number, column: number) => number,
  slots: readonly Slot[],
): Manner {
  const usual = plainly(run);
  return {
    ...usual,
    judge: async (expectation, where, entry) => {
      const { log, ...others } = expectation;
      const key = log === undefined ? -1 : keyAt(log.place.line, log.place.column);
      if (!slots.some((slot) => slot.key === key)) return usual.judge(expectation, where, entry);
      await usual.judge(others, where, entry);
      filled.set(
        key,
        run.window().filter(({ record }) => !isPassedOver(record)),
      );
      run.skip(expectation);
    },
  };
}

/** The lists to fill in, in the order of the text. */
function slotsOf(text: string): Slot[] {
  const slots: Slot[] = [];
  visit(parseDocument(text, { logLevel: "silent" }), {
    Pair: (_key, pair) => {
      if (!isPair(pair) || !isScalar(pair.key) || pair.key.value !== "log" || !pair.key.range) return;
      const [start, end] = pair.key.range;
      const value = pair.value;
      const range = (isSeq(value) || isScalar(value) || isMap(value)) && value.range ? value.range : null;
      const empty = value === null || (isScalar(value) && value.value === null);
      if (!empty && !(isSeq(value) && range !== null && isMarked(text, start, range[1]))) return;
      const colon = text.indexOf(":", end) + 1;
      slots.push({ key: start, from: colon, to: empty || range === null ? colon : range[1] });
    },
  });
  return slots.sort((left, right) => left.from - right.from);
}

/** Does `# update` stand on the line of the key or of the end of the list? */
function isMarked(text: string, start: number, end: number): boolean {
  const lineAt = (offset: number): string => text.slice(text.lastIndexOf("\n", offset - 1) + 1, `${text}\n`.indexOf("\n", offset));
  return [lineAt(start), lineAt(Math.max(start, end - 1))].some((line) => /#\s*update\b/.test(line));
}

const EMPTY_LIST = " []";

/** The text with other lists in the slots, and where the slots are now. A marker inside a list that is replaced goes behind the new one. */
function splice(
  text: string,
  slots: readonly Slot[],
  fill: (slot: Slot, column: number | null) => string,
): { readonly text: string; readonly slots: Slot[] } {
  let result = "";
  let from = 0;
  const moved: Slot[] = [];
  for (const slot of slots) {
    const before = text.slice(text.lastIndexOf("\n", slot.key - 1) + 1, slot.key);
    const column = before.trim() === "" ? before.length : null;
    const rest = text.slice(slot.to, `${text}\n`.indexOf("\n", slot.to));
    const marker = /#\s*update\b/.test(text.slice(slot.from, slot.to)) && rest.trim() === "" ? " # update" : "";
    result += text.slice(from, slot.from);
    const shift = result.length - slot.from;
    const list = fill(slot, column);
    result += `${list}${marker}`;
    moved.push({ key: slot.key + shift, from: slot.from + shift, to: slot.from + shift + list.length });
    from = slot.to;
  }
  return { text: result + text.slice(from), slots: moved };
}

/** What is worth asserting; times, ids and facts change too easily. */
const KEPT = ["ev", "mode", "cause", "action", "class", "outcome", "code", "stage"];

/** On one line where that is short enough, or where the key does not start its line (`column` null). */
function listText(records: readonly TimedRecord[], column: number | null, severalPeers: boolean): string {
  const items = records.map(({ record }) => flowMap(record, severalPeers));
  const inline = ` [${items.join(", ")}]`;
  if (column === null || column + inline.length <= 120) return inline;
  const indent = `\n${" ".repeat(column + 2)}`;
  return `${indent}[${items.map((item) => `${indent}  ${item},`).join("")}${indent}]`;
}

function flowMap(record: PlainRecord, severalPeers: boolean): string {
  const keys = severalPeers ? ["ev", "identity", ...KEPT.slice(1)] : KEPT;
  const kept = keys.filter((key) => record[key] !== undefined).map((key) => `${key}: ${stringify(record[key]).trim()}`);
  return `{ ${kept.join(", ")} }`;
}
