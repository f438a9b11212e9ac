import colors from "picocolors";
import { terminalStyle } from "../../lib/adapters/terminal-style.ts";
import { explanationText, shownLive } from "../../lib/explain/index.ts";
import type { Explanation } from "../../lib/lifecycle/api.ts";
import { durationProblem, formatDuration, formatVirtual, parseDuration } from "../language/duration.ts";
import { formatProblem, unknownWord } from "../language/problem.ts";
import type { Scenario } from "../language/scenario.ts";
import { explainAt } from "../runner/explain-at.ts";
import { loadScenario } from "./files.ts";
import { productionRun } from "./parts.ts";

export interface ExplainCommandOptions {
  readonly at: string;
  readonly peer?: string;
  readonly runtime?: string;
  readonly topic?: string;
  readonly json?: boolean;
}

/** `iapeer sim explain FILE --at TIME`; resolves with the exit status: 0 explained, 1 the daemon cannot say, 3 wrong file, time or peer. */
export async function explainCommand(file: string, options: ExplainCommandOptions): Promise<number> {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const { parsed } = loadScenario(file);
  if ("problems" in parsed) {
    say(parsed.problems.map(formatProblem).join("\n"));
    return 3;
  }
  const { scenario } = parsed;
  const asked = readQuestion(scenario, options);
  if (typeof asked === "string") {
    say(asked);
    return 3;
  }
  const { atMs, peer } = asked;
  const { topic, runtime, json } = options;
  const found = await explainAt(scenario, { atMs, peer, ...(runtime && { runtime }), ...(topic && { topic }) }, await productionRun());
  if (!found.ok) {
    say(`at ${formatDuration(atMs)} ${peer} cannot be explained: ${found.reason}`);
    return 1;
  }
  print(found.explanation, atMs, json === true);
  return 0;
}

function readQuestion(scenario: Scenario, { at, peer }: ExplainCommandOptions): { atMs: number; peer: string } | string {
  const names = [...scenario.peers.keys()];
  const atMs = parseDuration(at.replace(/^T?\+/, ""));
  if (atMs === null) return `--at: ${durationProblem(at)}, counted from the start`;
  const [first = "", second] = names;
  if (peer === undefined) {
    return second === undefined ? { atMs, peer: first } : `--peer is missing: the scenario has ${names.join(", ")}`;
  }
  return names.includes(peer) ? { atMs, peer } : `--peer: ${unknownWord("peer", peer, names)}`;
}

function print(explanation: Explanation, atMs: number, json: boolean): void {
  const shown = shownLive(explanation, "scenario");
  const write = (text: string): void => void process.stdout.write(`${text}\n`);
  if (json) {
    write(JSON.stringify({ ...shown, virtualMs: atMs }));
    return;
  }
  const isTerminal = process.stdout.isTTY === true;
  const style = terminalStyle(isTerminal && colors.isColorSupported, process.env);
  write(style.dim(`at ${formatVirtual(atMs)}`));
  for (const line of explanationText(shown, { style, width: isTerminal ? (process.stdout.columns ?? null) : null })) write(line);
}
