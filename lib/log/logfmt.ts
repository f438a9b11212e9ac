import type { FieldValue } from "../model/decision.ts";

/**
 * logfmt with one physical line per record (lifecycle §12). The quoting is chosen so that `parseLine(formatLine(x)) = x` for any strings,
 * so that no value can end its line or start a field of its own, and so that the OpenTelemetry Collector's key-value parser and
 * Loki's `logfmt` read the same values.
 */
const KEY = /^[a-z][a-zA-Z0-9_.-]*$/;

/** May stand bare: not empty, no white space, `=`, quote, backslash or anything that is written as an escape. */
const BARE = /^[^\s="'\\\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{feff}]+$/u;

/** Written as escapes: control characters, line separators, lone surrogates (UTF-8 cannot hold them), marks that reorder what a reader sees. */
const ESCAPED = /["\\\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{feff}]/gu;

/** The quoted part is unrolled so that a long or torn value costs linear time. */
const FIELD = /([a-z][a-zA-Z0-9_.-]*)=(?:"([^"\\]*(?:\\(?:\\|n|u[0-9a-fA-F]{4})[^"\\]*)*)"|([^\s="'\\]+))( |$)/y;
const ESCAPE = /\\(?:(\\)|(n)|u([0-9a-fA-F]{4}))/g;

/**
 * One line without its line end; undefined fields are left out, numbers and booleans are printed plainly.
 * Throws `TypeError` for a key outside `[a-z][a-zA-Z0-9_.-]*`: keys are ours, never a caller's text.
 */
export function formatLine(fields: Readonly<Record<string, FieldValue>>): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (!KEY.test(key)) throw new TypeError(`"${key}" is not a log key: a lower-case letter, then letters, digits, "_", "." and "-"`);
    parts.push(`${key}=${formatValue(String(value))}`);
  }
  return parts.join(" ");
}

/** The fields of one line in their order, or null when the line is damaged: not logfmt as {@link formatLine} writes it, or a key twice. */
export function parseLine(line: string): Record<string, string> | null {
  const fields: Record<string, string> = {};
  let at = 0;
  while (at < line.length) {
    FIELD.lastIndex = at;
    const match = FIELD.exec(line);
    if (!match) return null;
    const [whole, key = "", quoted, bare, space] = match;
    if (Object.hasOwn(fields, key)) return null;
    fields[key] = bare ?? unescapeValue(quoted ?? "");
    at += whole.length;
    if (space !== "" && at === line.length) return null;
  }
  return at === 0 ? null : fields;
}

function formatValue(text: string): string {
  return BARE.test(text) ? text : `"${text.replace(ESCAPED, escapeCharacter)}"`;
}

function escapeCharacter(character: string): string {
  if (character === "\\") return "\\\\";
  if (character === "\n") return "\\n";
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function unescapeValue(text: string): string {
  return text.replace(ESCAPE, (_, backslash?: string, newline?: string, code?: string) => {
    if (backslash) return "\\";
    return newline ? "\n" : String.fromCharCode(Number.parseInt(code ?? "", 16));
  });
}
