/** One JSON text out of a file of them, or what is wrong with it. */
export interface Document {
  /** Of its file, from 1: where it begins. */
  readonly line: number;
  /** Undefined where it could not be read. */
  readonly value: unknown;
  readonly problem: string | null;
}

export interface DocumentReader {
  /** The next line of the file, without its line end. Gives what is complete by now. */
  take(line: string): Document[];
  /** The file is over: what is not complete never will be. */
  finish(): Document[];
}

/** A text that begins on one line and is so long, in characters, is given up: requests are some hundred spans. */
const LONGEST = 1 << 28;

/** So begins each line of a collector's file: a text that is still open there was cut off. */
const BEGINS = /^\s*\{\s*"resource(?:Spans|Metrics|Logs)"/;

/**
 * Reads JSON texts one after another, one a line as a collector writes them, or printed over many lines, or in a list: the file's lines in, texts
 * out. A text that was cut off costs itself and not what follows. Nothing here recurses, so depth costs nothing.
 */
export function createDocuments(): DocumentReader {
  let open: { readonly line: number; pieces: string[]; length: number } | null = null;
  let depth = 0;
  let number = 0;

  function close(): Document[] {
    if (open === null) return [];
    const { line, pieces, length } = open;
    open = null;
    depth = 0;
    if (length > LONGEST) return [damaged(line, `longer than ${LONGEST} characters`)];
    return [parsed(line, pieces.join("\n"))];
  }

  /** Goes on in an open text, or begins one; whatever stands between texts and is no part of a list is damage. */
  function scan(text: string): Document[] {
    const found: Document[] = [];
    let from = 0;
    while (from < text.length) {
      if (open === null) {
        const begin = beginIn(text, from);
        if (begin === null) return found;
        if (text[begin] !== "{") return [...found, damaged(number, "no JSON")];
        open = { line: number, pieces: [], length: 0 };
        from = begin;
      }
      const { until, left, inString } = balance(text, from, depth);
      depth = left;
      open.length += until - from;
      if (open.length <= LONGEST) open.pieces.push(text.slice(from, until));
      from = until;
      // No string goes over the end of a line.
      if (depth === 0 || inString) found.push(...close());
    }
    return found;
  }

  return {
    take(raw) {
      number += 1;
      const text = number === 1 ? raw.replace(/^\uFEFF/, "") : raw;
      const cut = open !== null && BEGINS.test(text) ? close() : [];
      if (open === null && BEGINS.test(text)) {
        const whole = parsed(number, text);
        if (whole.problem === null) return [...cut, whole];
      }
      return [...cut, ...scan(text)];
    },
    finish: close,
  };
}

/** Where the next thing begins; null when only blanks and a list's own marks are left. */
function beginIn(text: string, from: number): number | null {
  const match = /[^\s,[\]]/g;
  match.lastIndex = from;
  return match.exec(text)?.index ?? null;
}

interface Balance {
  /** Where the text ends, or the line does. */
  readonly until: number;
  /** Brackets that are open then. */
  readonly left: number;
  readonly inString: boolean;
}

function balance(text: string, from: number, depth: number): Balance {
  const mark = /["{}[\]]/g;
  mark.lastIndex = from;
  let left = depth;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    if (found[0] === '"') {
      const end = endOfString(text, found.index + 1);
      if (end === null) return { until: text.length, left, inString: true };
      mark.lastIndex = end;
      continue;
    }
    left += found[0] === "{" || found[0] === "[" ? 1 : -1;
    if (left <= 0) return { until: found.index + 1, left: 0, inString: false };
  }
  return { until: text.length, left, inString: false };
}

function endOfString(text: string, from: number): number | null {
  const end = /["\\]/g;
  end.lastIndex = from;
  for (let found = end.exec(text); found !== null; found = end.exec(text)) {
    if (found[0] === '"') return found.index + 1;
    end.lastIndex = found.index + 2;
  }
  return null;
}

function parsed(line: number, text: string): Document {
  try {
    return { line, value: JSON.parse(text), problem: null };
  } catch {
    return damaged(line, "no JSON, or only half of it");
  }
}

function damaged(line: number, problem: string): Document {
  return { line, value: undefined, problem };
}
