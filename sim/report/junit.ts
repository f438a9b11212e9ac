import type { RunResult } from "../runner/result.ts";
import { resultDetails } from "./pretty.ts";

/** Results as JUnit XML: one suite for each folder, one case for each file; undecided and invalid files are errors. */
export function junitReport(results: readonly RunResult[], sourceOf: (file: string) => string | null): string {
  const folders = Map.groupBy(results, ({ file }) => folderOf(file));
  const suites = [...folders].map(([folder, members]) => suite(folder, members, sourceOf));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${totals(results)}>\n${suites.join("")}</testsuites>\n`;
}

function suite(folder: string, results: readonly RunResult[], sourceOf: (file: string) => string | null): string {
  const cases = results.map((result) => {
    const head = `    <testcase name="${escapeXml(result.title)}" classname="${escapeXml(result.file)}" file="${escapeXml(result.file)}" time="${seconds(result.wallMs)}"`;
    if (result.verdict === "pass") return `${head}/>\n`;
    const kind = result.verdict === "fail" ? "failure" : "error";
    const message = escapeXml(result.failures[0]?.headline ?? result.problems[0]?.message ?? "undecided: the step budget ran out");
    return `${head}>\n      <${kind} message="${message}">${escapeXml(resultDetails(result, sourceOf))}</${kind}>\n    </testcase>\n`;
  });
  return `  <testsuite name="${escapeXml(folder)}"${totals(results)}>\n${cases.join("")}  </testsuite>\n`;
}

function totals(results: readonly RunResult[]): string {
  const failures = results.filter(({ verdict }) => verdict === "fail").length;
  const errors = results.filter(({ verdict }) => verdict === "undecided" || verdict === "invalid").length;
  const time = seconds(results.reduce((sum, { wallMs }) => sum + wallMs, 0));
  return ` tests="${results.length}" failures="${failures}" errors="${errors}" time="${time}"`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function folderOf(file: string): string {
  return file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : ".";
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

/** XML 1.0 has no place for most control characters: they become U+FFFD. */
function escapeXml(text: string): string {
  const legal = [...text].map((letter) => (letter < " " && !"\t\n\r".includes(letter) ? "\ufffd" : letter)).join("");
  return legal.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter);
}
