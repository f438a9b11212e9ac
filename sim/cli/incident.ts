import { Command, InvalidArgumentError } from "commander";
import { readTime } from "./arguments.ts";
import type { IncidentOptions } from "./incident-command.ts";

/** `iapeer incident …`: from the log of something that happened to a scenario. Sets `process.exitCode`. */
export function incidentCommand(): Command {
  const incident = new Command("incident").description("from a log of something that happened to a scenario that shows it again");
  incident
    .command("import <files...>")
    .summary("a scenario from lifecycle.log, or from traces as OTLP/JSON")
    .description(
      "Reads lifecycle.log with its rotated parts, or traces as OTLP/JSON (a collector's file exporter, sim run --otlp-json), also gzipped, several, and both together, and writes a scenario: what came from outside becomes the timeline, what was decided becomes expectations. Runs it once and says whether the same is decided again.",
    )
    .option("--peer <name>", "only this peer")
    .option("--from <time>", "only from then on: an ISO time", readTime)
    .option("--to <time>", "only until then: an ISO time", readTime)
    .option("-o, --output <file>", "write there instead of to standard output")
    .option("--fold", "shorten stretches in which nothing could happen, as long as no decision changes")
    .option("--anonymise", "replace names of peers, topics and senders, leave out texts and the wall clock")
    .option("--seed <n>", "seed of the scenario: the jitter of retries comes from it", readSeed)
    .addHelpText(
      "after",
      "\nExamples:\n  iapeer incident import ~/.iapeer/logs/iapeer/lifecycle.log --peer scout --from 2026-01-31T08:00Z -o scenarios/incidents/scout.yaml\n  iapeer incident import traces.json traces-2026-01-31.json.gz -o scenarios/incidents/scout.yaml\n\nExit status: 0 the scenario decides what the log says; 2 it was written, and does not; 1 nothing was written.",
    )
    .action(async (files: string[], options: IncidentOptions) => {
      const { importCommand } = await import("./incident-command.ts");
      const code = await importCommand(files, options);
      if (code !== 0) process.exitCode = code;
    });
  return incident;
}

function readSeed(text: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) <= 4_294_967_295) return Number(text);
  throw new InvalidArgumentError("A whole number from 0 to 4294967295 is accepted.");
}
