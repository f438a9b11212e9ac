import type { Mutant } from "./mutant.ts";
import type { Catch } from "./worker.ts";

/** What became of one mutant. */
export interface Verdict {
  readonly mutant: Mutant;
  /** Null: it survived. */
  readonly caught: Catch | null;
  readonly wallMs: number;
}

/** One line for the terminal. */
export function verdictLine({ mutant, caught, wallMs }: Verdict): string {
  const time = `${(wallMs / 1000).toFixed(1)}s`.padStart(6);
  if (caught === null) return `SURVIVED ${time}  ${mutant.name}: ${mutant.defect}`;
  return `caught   ${time}  ${mutant.name.padEnd(46)} ${byWhom(caught)}  ${howShort(caught)}`;
}

/** The table for people, as docs/mutants.md holds it. */
export function markdownTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ mutant, caught }) => {
    const by = caught === null ? "**survived**" : `\`${byWhom(caught)}\``;
    return `| [${mutant.name}](../test/mutants/defects/${mutant.name}.yaml) | ${mutant.defect} | ${by} | ${caught === null ? "" : howShort(caught)} |`;
  });
  return ["| mutant | the defect | caught by | how |", "|---|---|---|---|", ...rows, ""].join("\n");
}

/** A mutant that breaks the language instead of a rule is caught by everything and proves nothing. */
export function isBrokenCode({ part, detail }: Catch): boolean {
  return part === "error" && /^(SyntaxError|ReferenceError|TypeError|Error \[ERR_)/.test(detail);
}

function byWhom({ file, crash }: Catch): string {
  const short = file.replace(/^scenarios\//, "").replace(/\.yaml$/, "");
  return crash === null ? short : `sim crashes ${short}`;
}

function howShort({ part, crash }: Catch): string {
  return crash === null ? part : `${part}, ${crash}`;
}
