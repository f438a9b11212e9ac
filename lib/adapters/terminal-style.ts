import pc from "picocolors";

/** How text may look on one output: colours and symbols on a terminal, plain when piped. */
export interface TerminalStyle {
  readonly rich: boolean;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly accent: (text: string) => string;
  /** A symbol on a terminal, a word elsewhere. */
  readonly mark: (symbol: string, word: string) => string;
}

/** `NO_COLOR` takes colours away; a terminal that calls itself `dumb` gets no symbols either. */
export function terminalStyle(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): TerminalStyle {
  const rich = isTerminal && env["TERM"] !== "dumb";
  const colors = pc.createColors(rich && !env["NO_COLOR"]);
  return {
    rich,
    bold: colors.bold,
    dim: colors.dim,
    good: colors.green,
    warn: colors.yellow,
    bad: colors.red,
    accent: colors.cyan,
    mark: (symbol, word) => (rich ? symbol : word),
  };
}

/** Text of others on a terminal: what could move the cursor or hide something is shown as an escape. Line ends stay. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu, (character) =>
    character === "\n" || character === "\t" ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
