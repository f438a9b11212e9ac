import { isoTime } from "../../../lib/model/time.ts";
import type { PlacedLine } from "./record.ts";

/**
 * The lines of all daemons in the order in which a log would have them: those of one daemon by their numbers, whatever the wall clock says; of several
 * by time.
 */
export function inOrderOfLog(lines: readonly PlacedLine[]): PlacedLine[] {
  const daemons = new Map<string, PlacedLine[]>();
  for (const line of lines) {
    const list = daemons.get(line.source) ?? [];
    daemons.set(line.source, list);
    list.push(line);
  }
  return withEndsTold(toldLast(merged([...daemons.values()].map(ordered))));
}

/** The lines that have been told, and which of them stands for a span that another took the place of. */
interface Told {
  readonly lines: readonly PlacedLine[];
  indexOf(spanId: string | undefined): number | undefined;
}

/**
 * A session is READY once and ends once. A daemon that died between such a span and its line leaves the span, and the next one makes another:
 * that one has the line.
 */
function toldLast(all: readonly PlacedLine[]): Told {
  const last = new Map<string, PlacedLine>();
  for (const line of all) {
    const key = onceKey(line);
    last.delete(key);
    last.set(key, line);
  }
  const indexes = new Map([...last.keys()].map((key, index) => [key, index]));
  const keys = new Map(all.map((line) => [line.spanId, onceKey(line)]));
  return { lines: [...last.values()], indexOf: (spanId) => indexes.get(keys.get(spanId ?? "") ?? "") };
}

function onceKey({ record, spanId }: PlacedLine): string {
  const once = record.ev === "exit" || (record.ev === "launch" && record["outcome"] === "ready");
  return once && record["instance"] !== undefined ? `${record.ev} ${record["identity"]} ${record["instance"]}` : spanId;
}

/** Numbers hold for one process: where an instance id was given by hand to one after another, they come twice, and time decides. */
function ordered(lines: readonly PlacedLine[]): PlacedLine[] {
  const numbers = new Set(lines.map(({ number }) => number));
  const unique = numbers.size === lines.length && !numbers.has(null);
  return lines.toSorted((left, right) => (unique ? 0 : left.wall - right.wall) || (left.number ?? 0) - (right.number ?? 0));
}

/**
 * The span of an end is made before its death is counted, so that what follows can link to it; its line comes after: hold, notice, exit, and the
 * launch that failed with it (lifecycle §9).
 */
function withEndsTold({ lines, indexOf }: Told): PlacedLine[] {
  const place = lines.map((_line, index) => index);
  const after = (index: number, other: number): void => {
    place[index] = Math.max(place[index] ?? 0, (place[other] ?? 0) + 0.25);
  };
  for (const [index, { record, links }] of lines.entries()) {
    const exit = record.ev === "hold" && record["state"] === "open" ? indexOf(links.at(-1)) : undefined;
    if (exit !== undefined && exit < index) after(exit, noticeAfter(lines, index));
  }
  for (const [index, { record, links }] of lines.entries()) {
    const launch = record.ev === "exit" ? indexOf(links[0]) : undefined;
    if (launch !== undefined && launch < index && lines[launch]?.record["outcome"] === "failed") after(launch, index);
  }
  const moved = lines.map((line, index) => ({ line, place: place[index] ?? index })).sort((left, right) => left.place - right.place);
  return moved.map(({ line, place: at }) => (Number.isInteger(at) ? line : notBefore(line, lines[Math.floor(at)]?.wall ?? line.wall)));
}

/** The notice of a hold follows it. */
function noticeAfter(lines: readonly PlacedLine[], hold: number): number {
  const identity = lines[hold]?.record["identity"];
  for (let index = hold + 1; index < Math.min(lines.length, hold + NEAR); index += 1) {
    const record = lines[index]?.record;
    if (record?.["identity"] === identity) return record?.ev === "notice" && record["kind"] === "crash-loop" ? index : hold;
  }
  return hold;
}

/** Other peers' decisions may stand between the two, but not many. */
const NEAR = 1_000;

function notBefore(line: PlacedLine, wall: number): PlacedLine {
  return line.wall >= wall ? line : { ...line, wall, record: { ...line.record, ts: isoTime(wall) } };
}

/** By the time of the next line of each. */
function merged(lists: readonly (readonly PlacedLine[])[]): readonly PlacedLine[] {
  const [first = [], second] = lists;
  if (second === undefined) return first;
  const half = lists.length >> 1;
  return mergedTwo(merged(lists.slice(0, half)), merged(lists.slice(half)));
}

function mergedTwo(left: readonly PlacedLine[], right: readonly PlacedLine[]): PlacedLine[] {
  const all: PlacedLine[] = [];
  let [l, r] = [0, 0];
  while (l < left.length || r < right.length) {
    const [one, other] = [left[l], right[r]];
    const takesLeft = other === undefined || (one !== undefined && one.wall <= other.wall);
    const next = takesLeft ? one : other;
    if (next !== undefined) all.push(next);
    if (takesLeft) l += 1;
    else r += 1;
  }
  return all;
}
