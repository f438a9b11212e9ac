import { Command, InvalidArgumentError, Option } from "commander";
import { durationProblem, parseDuration } from "../language/duration.ts";
import { wholeNumber } from "./arguments.ts";
import type { CrashesOptions } from "./crashes-command.ts";
import type { ExplainCommandOptions } from "./explain-command.ts";
import type { RunCommandOptions } from "./run-command.ts";
import type { ShrinkCommandOptions } from "./shrink-command.ts";

/** Where scenarios are looked for when no file is named. */
const DEFAULT_GLOB = "scenarios/**/*.yaml";

/** `iapeer sim …`. The work is loaded when a command runs, so that mounting it costs nothing. Sets `process.exitCode`. */
export function simCommand(): Command {
  const sim = new Command("sim").description("run scenarios: the production lifecycle on a virtual machine");
  addRun(sim);
  sim
    .command("schema")
    .description("JSON Schema of scenario files on standard output")
    .action(async () => {
      const { scenarioJsonSchemaText } = await import("../language/json-schema.ts");
      process.stdout.write(scenarioJsonSchemaText());
    });
  sim
    .command("points <file>")
    .description("the addressable disk and host operations of a run, numbered")
    .action(async (file: string) => {
      const { pointsCommand } = await import("./points-command.ts");
      process.exitCode = await pointsCommand(file);
    });
  addCrashes(sim);
  addExplain(sim);
  addShrink(sim);
  return sim;
}

function addRun(sim: Command): void {
  sim
    .command("run [files...]")
    .description(`run scenario files or globs (default ${DEFAULT_GLOB})`)
    .addOption(new Option("--reporter <name>", "form of the report").choices(["pretty", "json", "junit", "tap"]).default("pretty"))
    .option("--tag <tag>", "only scenarios with this tag (repeatable: any of them)", collect, [])
    .option("--update", "write what happened into `log:` lists that are empty or marked `# update`")
    .option("--twice", "run each file twice and show the first line in which the traces differ")
    .option("--watch", "run again whenever a scenario or the code changes")
    .option("--html <file>", "write the run as a page that can be walked through in time (one scenario)")
    .option("--coverage <file>", "write which rules fired how often, and in which files, as JSON")
    .option("--otlp <url>", "send the spans, and the metrics at the end of each run, in virtual time to a collector (OTLP/HTTP)")
    .option("--otlp-json <file>", "write them as OTLP/JSON, one request a line")
    .option("--openmetrics <file>", "write the metrics at virtual times, for `promtool tsdb create-blocks-from openmetrics`")
    .option("--every <duration>", "virtual time between two samples of --openmetrics (default 1m)", period)
    .addHelpText(
      "after",
      "\nExit status: 0 all hold; 1 an expectation or invariant fails; 2 undecided; 3 a file is no valid scenario, or what\nwas to be written or sent could not be.\nThe worst of several files counts, in the order 3, 1, 2, 0.",
    )
    .action(async (files: string[], options: RunCommandOptions) => {
      const { runCommand } = await import("./run-command.ts");
      process.exitCode = await runCommand(files.length === 0 ? [DEFAULT_GLOB] : files, options);
    });
}

function addCrashes(sim: Command): void {
  sim
    .command("crashes <files...>")
    .description("the daemon dies at every operation of a run, each in its own run, with and without power loss")
    .addOption(new Option("--kind <kind>", "how it dies (default: both)").choices(["crash", "powerLoss"]))
    .option("--point <n>", "only at this operation (see `iapeer sim points`)", wholeNumber)
    .addOption(new Option("--when <when>", "only before or only after the operation").choices(["before", "after"]))
    .option("--changes", "only at operations that change something: dying before one that only reads is dying after the one before it")
    .option("--every <n>", "only at every n-th of these operations: a sample that is the same in every run", wholeNumber, 1)
    .option("--write <folder>", "write a scenario for each failure that reproduces it")
    .option("--jobs <n>", "worker threads", wholeNumber, 1)
    .action(async (files: string[], options: CrashesOptions) => {
      const { crashesCommand } = await import("./crashes-command.ts");
      process.exitCode = await crashesCommand(files, options);
    });
}

function period(value: string): number {
  const ms = parseDuration(value);
  if (ms === null) throw new InvalidArgumentError(durationProblem(value));
  if (ms >= 1_000) return ms;
  throw new InvalidArgumentError("less than 1s is too often");
}

function addExplain(sim: Command): void {
  sim
    .command("explain <file>")
    .description("why a peer would resume or start fresh at a moment of a run: facts, rows, margins, what would change it")
    .requiredOption("--at <time>", "virtual time from the start, such as 4m; entries of exactly that time have happened")
    .option("--peer <name>", "which peer, where the scenario has several")
    .option("--runtime <name>", "one of several runtimes of the peer")
    .option("--topic <topic>", "as if the message had this topic")
    .option("--json", "print as JSON")
    .action(async (file: string, options: ExplainCommandOptions) => {
      const { explainCommand } = await import("./explain-command.ts");
      process.exitCode = await explainCommand(file, options);
    });
}

function addShrink(sim: Command): void {
  sim
    .command("shrink <file>")
    .description("make a scenario smaller while it still fails in the same way, or still shows a decision")
    .option("-o, --output <file>", "write the result there (default: standard output)")
    .option("--keep <record>", "what must still be decided, as in the log: 'ev=wake cause=crash-or-self-close'")
    .option("--passes-on <folder>", "another version of iapeer, a checkout or a package: what is kept does not fail in this way there")
    .option("--max-runs <n>", "give up after so many runs and keep the best so far", wholeNumber, 1_000)
    .addHelpText(
      "after",
      "\nExit status as sim run has it for the result: 1 it still fails; 0 it passes and still shows what was to be kept; 3 nothing to shrink.\nCtrl-C ends the search and keeps the best so far.",
    )
    .action(async (file: string, options: ShrinkCommandOptions) => {
      const { shrinkCommand } = await import("./shrink-command.ts");
      process.exitCode = await shrinkCommand(file, options);
    });
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
