#!/usr/bin/env node
import type { Command } from "commander";
import { incidentCommand } from "../sim/cli/incident.ts";
import { simCommand } from "../sim/cli/index.ts";
import { whatIfCommand } from "../sim/cli/what-if.ts";
import { runCli } from "./cli/program.ts";

/** Usage errors of subcommands end as ours do. */
function mountSim(program: Command): void {
  const inherit = (command: Command, from: Command): void => {
    command.copyInheritedSettings(from);
    for (const below of command.commands) inherit(below, command);
  };
  for (const command of [simCommand(), incidentCommand(), whatIfCommand()]) {
    program.addCommand(command);
    inherit(command, program);
  }
}

/** The verb of a command line: its first word that is neither an option nor the root's value. */
function verbOf(argv: readonly string[]): string | undefined {
  return argv.find((word, index) => !word.startsWith("-") && argv[index - 1] !== "--root");
}

const argv = process.argv.slice(2);
const verb = verbOf(argv) ?? "help";
const interrupted = new AbortController();
// These have ways of their own to end.
if (!["daemon", "up", "attach", "sim", "incident", "what-if"].includes(verb)) process.once("SIGINT", () => interrupted.abort());
for (const output of [process.stdout, process.stderr]) {
  output.on("error", () => {
    // `iapeer logs | head` closes the pipe: that ends a verb, and is no failure. A daemon outlives whoever read along.
    if (verb !== "daemon" && verb !== "up") process.exit(0);
  });
}

const { env, stdin, stdout, stderr } = process;
const code = await runCli(
  process.argv.slice(2),
  { env, cwd: process.cwd(), stdin, stdout, stderr, interrupted: interrupted.signal },
  mountSim,
);
// A verb may have set an exit code of its own (`sim run`: 2 and 3 mean more than "failed").
if (code !== 0) process.exitCode = code;
