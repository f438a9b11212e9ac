import { type Document, isCollection, isMap, isScalar, isSeq, parseDocument, type Scalar, visit } from "yaml";

/** A small seeded generator of its own: the fuzzer must give the same files for ever, whatever the product's generator becomes. */
export interface Dice {
  /** A whole number from 0 to `below` − 1. */
  roll(below: number): number;
  pick<T>(from: readonly T[]): T;
}

/** Mulberry32. */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const roll = (below: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, below);
  };
  return {
    roll,
    pick: (from) => {
      const one = from[roll(from.length)];
      if (one === undefined) throw new RangeError("nothing to pick from");
      return one;
    },
  };
}

/** What people, editors and hostile files put where a value belongs. */
const VALUES = [
  ...["", "~", "null", "true", "no", "0", "-1", "30", "1e308", "-0", ".inf", ".nan", "0x1F", "99999999999999999999", "1_000"],
  ...["30s", "-30s", "1h90m", "999999999d", "0.5s", "+10s", "2026-02-30", "1:30", "1s ago", "٣٠s", "３０s"],
  ...["scout", "Scout", "constructor", "__proto__", "toString", "\ud800", "\u202escout", "e\u0301", "👩‍👩‍👧", "\u0000", "\ufeff"],
  ...["/(/", "/(a+)+$/", "/./u", ">= 3", ">= x", "**/*", "../../etc/passwd", "[", "{", "]", "*anchor", "&anchor x", "!!binary x", "<<: *x"],
  ...["{ to: scout }", "[[[[]]]]", "{ a: { b: { c: {} } } }", "|", ">", "? x", "- ", "# comment", "'", '"', "%YAML 1.1", "---", "..."],
];

/** Half of the files get a change of their structure; then come up to three changes of the text, at least one change in all. */
export function mutated(text: string, other: string, random: Dice): string {
  const structural = random.roll(2) === 0;
  let changed = structural ? overDocument(text, random.pick(OF_STRUCTURE), random) : text;
  for (let left = random.roll(3) + (structural ? 0 : 1); left > 0; left -= 1) changed = random.pick(OF_TEXT)(changed, other, random);
  return changed;
}

type OfText = (text: string, other: string, random: Dice) => string;
type OfStructure = (document: Document.Parsed, random: Dice) => void;

const OF_STRUCTURE: readonly OfStructure[] = [replaceScalar, dropItem, repeatItem, renameKey];

const OF_TEXT: readonly OfText[] = [
  (text, _other, random) => overLines(text, (lines) => lines.splice(random.roll(lines.length), 1)),
  (text, _other, random) => overLines(text, (lines) => lines.splice(random.roll(lines.length), 0, random.pick(lines))),
  (text, _other, random) => overLines(text, (lines) => swap(lines, random.roll(lines.length), random.roll(lines.length))),
  (text, other, random) => overLines(text, (lines) => lines.splice(random.roll(lines.length), 0, random.pick(other.split("\n")))),
  (text, _other, random) => overLines(text, (lines) => indent(lines, random.roll(lines.length), random.roll(5) - 2)),
  (text, _other, random) => text.slice(0, random.roll(text.length)),
  (text, _other, random) => splice(text, random.roll(text.length), random.roll(4), random.pick(VALUES)),
  (text, _other, random) => text.replaceAll(/: [^\n{[|>]+$/gm, (value) => (random.roll(8) === 0 ? `: ${random.pick(VALUES)}` : value)),
  (text, _other, random) => text.replaceAll(/\d+/g, (digits) => (random.roll(6) === 0 ? digits.repeat(1 + random.roll(30)) : digits)),
  (text, _other, random) => text.replaceAll(/\d+/g, (digits) => (random.roll(3) === 0 ? String(random.roll(100)) : digits)),
  (text, _other, random) => text.replaceAll("\n", random.pick(["\r\n", "\r", "\n\n", "\n\t", "\u2028"])),
  (text, _other, random) => `${text}${"\n? ".repeat(random.roll(60))}${"[".repeat(random.roll(120))}`,
  (text, _other, random) => `a: &a [x, x]\n${"b: &b [*a, *a, *a]\nc: [*b, *b, *b]\n".repeat(1 + random.roll(3))}${text}`,
];

function overLines(text: string, change: (lines: string[]) => void): string {
  const lines = text.split("\n");
  change(lines);
  return lines.join("\n");
}

function swap(lines: string[], one: number, two: number): void {
  [lines[one], lines[two]] = [lines[two] ?? "", lines[one] ?? ""];
}

function indent(lines: string[], at: number, by: number): void {
  const line = lines[at] ?? "";
  lines[at] = by < 0 ? line.replace(/^ {1,2}/, "") : " ".repeat(by) + line;
}

function splice(text: string, at: number, drop: number, insert: string): string {
  return text.slice(0, at) + insert + text.slice(at + drop);
}

/** Changes the structure of a file that YAML can read; any other file stays. */
function overDocument(text: string, change: OfStructure, random: Dice): string {
  const document = parseDocument(text, { logLevel: "silent", uniqueKeys: false });
  if (document.errors.length > 0) return text;
  try {
    change(document, random);
    return document.toString({ lineWidth: 0 });
  } catch {
    return text;
  }
}

function replaceScalar(document: Document.Parsed, random: Dice): void {
  const scalars: Scalar[] = [];
  visit(document, { Scalar: (key, node) => void (key !== "key" && scalars.push(node)) });
  if (scalars.length > 0) random.pick(scalars).value = random.pick(VALUES);
}

function collections(document: Document.Parsed): { items: unknown[] }[] {
  const found: { items: unknown[] }[] = [];
  visit(document, { Collection: (_key, node) => void (isCollection(node) && found.push(node)) });
  return found.filter(({ items }) => items.length > 0);
}

function dropItem(document: Document.Parsed, random: Dice): void {
  const { items } = random.pick(collections(document));
  items.splice(random.roll(items.length), 1);
}

function repeatItem(document: Document.Parsed, random: Dice): void {
  const target = random.pick(collections(document));
  const like = collections(document).filter((one) => isSeq(one) === isSeq(target));
  const item = random.pick(random.pick(like).items) as { clone(): unknown };
  target.items.splice(random.roll(target.items.length), 0, item.clone());
}

function renameKey(document: Document.Parsed, random: Dice): void {
  const maps = collections(document).filter((one) => isMap(one));
  const pair = random.pick(random.pick(maps).items) as { key: unknown };
  const other = random.pick(random.pick(maps).items) as { key: unknown };
  if (isScalar(pair.key) && isScalar(other.key)) pair.key.value = random.roll(3) === 0 ? random.pick(VALUES) : other.key.value;
}
