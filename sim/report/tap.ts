import type { RunResult } from "../runner/result.ts";
import { resultDetails } from "./pretty.ts";

/** Results as TAP 14: one line for each file, details as diagnostics below it. */
export function tapReport(results: readonly RunResult[], sourceOf: (file: string) => string | null): string {
  const lines = results.flatMap((result, index) => {
    const name = `${result.file} ${result.title}`.replace(/[\\#]/g, (letter) => `\\${letter}`).replace(/\s+/g, " ");
    const head = `${result.verdict === "pass" ? "ok" : "not ok"} ${index + 1} - ${name}`;
    if (result.verdict === "pass") return [head];
    return [head, ...`${result.verdict}\n${resultDetails(result, sourceOf)}`.split("\n").map((line) => `# ${line}`.trimEnd())];
  });
  return `${["TAP version 14", `1..${results.length}`, ...lines].join("\n")}\n`;
}
