/** Colours of a report; plain text when nobody looks at a terminal. */
export interface Theme {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly strange: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly quiet: (text: string) => string;
}

const same = (text: string): string => text;
export const PLAIN: Theme = { good: same, bad: same, strange: same, strong: same, quiet: same };

/** Makes a theme of a colour library's functions. */
export function themeOf(colors: {
  readonly green: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}): Theme {
  return { good: colors.green, bad: colors.red, strange: colors.yellow, strong: colors.bold, quiet: colors.dim };
}
