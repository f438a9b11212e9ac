import { isMap, isScalar, LineCounter, type Node, type Pair, parseDocument, Scalar } from "yaml";

/** What a settings file says, each value as it was typed. */
export interface ConfigFile {
  readonly entries: readonly { readonly key: string; readonly text: string; readonly source: string }[];
  readonly problems: readonly string[];
}

/** Sections of config.yaml that other parts of the daemon read. */
const SECTIONS = new Set(["telemetry"]);

/** Takes a settings file apart. Values keep their typing (`0x10`, `1e4`), so that they are judged as strictly as the environment's. */
export function parseConfigFile(text: string, path: string): ConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeOf = (offset: number): string => `${path}:${lines.linePos(offset).line}`;
  const syntax = document.errors.map((error) => `${placeOf(error.pos[0])} is not YAML: ${error.message}`);
  if (syntax.length > 0 || document.contents === null) return { entries: [], problems: syntax };
  if (!isMap(document.contents))
    return { entries: [], problems: [`${path} is not a list of settings: write lines like "IAPEER_IDLE_SECS: 3600"`] };
  const pairs = document.contents.items.map((pair) => pairOf(pair as Pair<Node, Node | null>, placeOf));
  return {
    entries: pairs.filter((pair) => !SECTIONS.has(pair.key) && !pair.nested),
    problems: pairs
      .filter((pair) => !SECTIONS.has(pair.key) && pair.nested)
      .map((pair) => `${pair.key} (${pair.source}) is a list or a section: one value is needed`),
  };
}

function pairOf(
  pair: Pair<Node, Node | null>,
  placeOf: (offset: number) => string,
): { key: string; text: string; source: string; nested: boolean } {
  const { key, value } = pair;
  const place = { key: isScalar(key) ? String(key.value) : String(key), source: placeOf(key.range?.[0] ?? 0) };
  if (value === null) return { ...place, text: "", nested: false };
  return isScalar(value) ? { ...place, text: typedText(value), nested: false } : { ...place, text: "", nested: true };
}

function typedText(value: Scalar): string {
  return value.type === Scalar.PLAIN ? (value.source ?? "") : String(value.value ?? "");
}
