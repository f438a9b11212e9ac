import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { parseLine } from "../../lib/log/logfmt.ts";
import { formatProblem } from "../language/problem.ts";
import type { PartialRecord, Scenario } from "../language/scenario.ts";
import { recordFieldProblem } from "../language/vocabulary.ts";
import { exitStatus } from "../runner/index.ts";
import { type ShrinkOptions, type Shrunk, shrinkScenario } from "../shrink/index.ts";
import { loadScenario } from "./files.ts";
import { otherVersion } from "./other-version.ts";
import { productionRun } from "./parts.ts";

export interface ShrinkCommandOptions {
  readonly output?: string;
  readonly keep?: string;
  /** Folder of another version of iapeer, under which it must pass. */
  readonly passesOn?: string;
  readonly maxRuns: number;
}

/** `iapeer sim shrink FILE`; resolves with the exit status. */
export async function shrinkCommand(file: string, options: ShrinkCommandOptions): Promise<number> {
  const { parsed } = loadScenario(file);
  if ("problems" in parsed) return refused(parsed.problems.map(formatProblem).join("\n"));
  if (options.output !== undefined && resolve(options.output) === resolve(file))
    return refused("-o names the file itself: name another one");
  const keep = options.keep === undefined ? null : readRecord(options.keep);
  if (typeof keep === "string") return refused(keep);
  if (keep !== null && options.passesOn !== undefined) return refused("--keep and --passes-on: one or the other");
  const elsewhere = options.passesOn === undefined ? null : await otherVersion(options.passesOn);
  if (typeof elsewhere === "string") return refused(elsewhere);
  const shrunk = await search(parsed.scenario, { keep, maxRuns: options.maxRuns, ...(elsewhere !== null && { elsewhere }) });
  if (!shrunk.ok) return refused(`${file}: ${shrunk.reason}`);
  if (options.output === undefined) process.stdout.write(shrunk.text);
  else writeFileSync(options.output, shrunk.text);
  say(summary(file, shrunk, options));
  return exitStatus([shrunk.result]);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function refused(text: string): number {
  say(text);
  return 3;
}

/** A partial record as the log writes it, or what is wrong with it. */
function readRecord(text: string): PartialRecord | string {
  const record = parseLine(text.trim());
  if (record === null) return `--keep: "${text}" is no record: write fields as in the log, such as 'ev=wake cause=first-wake'`;
  for (const [key, value] of Object.entries(record)) {
    const problem = recordFieldProblem(key, value, record["ev"]);
    if (problem !== null) return `--keep: ${problem}`;
  }
  return record;
}

/** Ctrl-C ends the search; a second one ends the program. */
async function search(scenario: Scenario, wanted: Pick<ShrinkOptions, "keep" | "maxRuns" | "elsewhere">): Promise<Shrunk> {
  let stop = false;
  const onInterrupt = (): void => {
    stop = true;
  };
  process.once("SIGINT", onInterrupt);
  const isTerminal = process.stderr.isTTY === true;
  try {
    return await shrinkScenario(scenario, {
      ...wanted,
      parts: await productionRun(),
      // A run never leaves the thread by itself: signals are heard in between.
      interrupted: async () => {
        await setImmediate();
        return stop;
      },
      onProgress: ({ runs, entries }) => {
        if (isTerminal) process.stderr.write(`\r${runs} runs, ${entries} ${entries === 1 ? "entry" : "entries"} left `);
      },
    });
  } finally {
    process.removeListener("SIGINT", onInterrupt);
    if (isTerminal) process.stderr.write("\r\u001b[K");
  }
}

function summary(
  file: string,
  { entries, runs, cutShort, shows }: Shrunk & { ok: true },
  { output, maxRuns }: ShrinkCommandOptions,
): string {
  const early = { budget: `; stopped after --max-runs ${maxRuns}`, interrupted: "; interrupted, this is the best so far" };
  const where = output === undefined ? "" : ` in ${output}`;
  return `${file}: ${entries.after} of ${entries.before} entries left${where} after ${runs} runs${cutShort === null ? "" : early[cutShort]}; still: ${shows}`;
}
