import { isMap, isScalar, LineCounter, type Node, type Pair, parseDocument, Scalar } from "yaml";

/** One key of a settings file and its value as it was typed; `source` says where. */
export interface ConfigEntry {
  readonly key: string;
  readonly text: string;
  readonly source: string;
}

/** What a settings file says, each value as it was typed. */
export interface ConfigFile {
  readonly entries: readonly ConfigEntry[];
  /** What the sections say, by their names. */
  readonly sections: Readonly<Record<string, readonly ConfigEntry[]>>;
  readonly problems: readonly string[];
}

export const EMPTY_FILE: ConfigFile = { entries: [], sections: {}, problems: [] };

/** Sections of config.yaml, each read by a part of the daemon that has its own keys, and a line of it as an example. */
const SECTIONS: Readonly<Record<string, string>> = { telemetry: "metrics: true" };

type PlaceOf = (offset: number) => string;
type ParsedPair = ConfigEntry & { readonly nested: readonly ParsedPair[] | "list" | null };

/** Takes a settings file apart. Values keep their typing (`0x10`, `1e4`), so that they are judged as strictly as the environment's. */
export function parseConfigFile(text: string, path: string): ConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeOf: PlaceOf = (offset) => `${path}:${lines.linePos(offset).line}`;
  const syntax = document.errors.map((error) => `${placeOf(error.pos[0])} is not YAML: ${error.message}`);
  if (syntax.length > 0 || document.contents === null) return { ...EMPTY_FILE, problems: syntax };
  if (!isMap(document.contents))
    return { ...EMPTY_FILE, problems: [`${path} is not a list of settings: write lines like "IAPEER_IDLE_SECS: 3600"`] };
  const pairs = pairsOf(document.contents.items as Pair<Node, Node | null>[], placeOf);
  const settings = pairs.filter(({ key }) => !Object.hasOwn(SECTIONS, key));
  const sections = pairs.filter(({ key }) => Object.hasOwn(SECTIONS, key)).map((pair) => ({ name: pair.key, ...sectionOf(pair) }));
  return {
    entries: plain(settings),
    sections: Object.fromEntries(sections.map(({ name, entries }) => [name, entries])),
    problems: [...nestedProblems(settings), ...sections.flatMap(({ problems }) => problems)],
  };
}

function sectionOf(pair: ParsedPair): { readonly entries: readonly ConfigEntry[]; readonly problems: readonly string[] } {
  const { key, text, source, nested } = pair;
  if (nested === null && text === "") return { entries: [], problems: [] };
  if (nested === null || nested === "list") {
    const line = `"  ${SECTIONS[key]}"`;
    return { entries: [], problems: [`${key} (${source}) is a section: write it alone on its line, and below it lines like ${line}`] };
  }
  const inside = nested.map((entry) => ({ ...entry, key: `${key}.${entry.key}` }));
  return { entries: plain(inside), problems: nestedProblems(inside) };
}

function plain(pairs: readonly ParsedPair[]): ConfigEntry[] {
  return pairs.filter(({ nested }) => nested === null).map(({ key, text, source }) => ({ key, text, source }));
}

function nestedProblems(pairs: readonly ParsedPair[]): string[] {
  return pairs
    .filter(({ nested }) => nested !== null)
    .map(({ key, source }) => `${key} (${source}) is a list or a section: one value is needed`);
}

function pairsOf(pairs: readonly Pair<Node, Node | null>[], placeOf: PlaceOf): ParsedPair[] {
  return pairs.map(({ key, value }) => {
    const place = { key: isScalar(key) ? String(key.value) : String(key), source: placeOf(key.range?.[0] ?? 0) };
    if (value === null) return { ...place, text: "", nested: null };
    if (isScalar(value)) return { ...place, text: typedText(value), nested: null };
    return { ...place, text: "", nested: isMap(value) ? pairsOf(value.items as Pair<Node, Node | null>[], placeOf) : "list" };
  });
}

function typedText(value: Scalar): string {
  return value.type === Scalar.PLAIN ? (value.source ?? "") : String(value.value ?? "");
}
