#!/usr/bin/env node
import type { Command } from "commander";
import { runCli } from "./cli/program.ts";

/** Scenarios are loaded only when they are asked for: they bring a whole virtual machine along. */
async function mountSim(program: Command): Promise<void> {
  if (!process.argv.slice(2).includes("sim")) {
    program.command("sim", { hidden: false }).summary("run scenarios on a virtual machine").helpOption(false);
    return;
  }
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const { simCommand }: { simCommand: () => Command } = await import(new URL(`../sim/cli/index.${extension}`, import.meta.url).href);
  program.addCommand(simCommand());
}

const interrupted = new AbortController();
const daemonRuns = ["daemon", "up"].some((verb) => process.argv.includes(verb));
if (!daemonRuns && !process.argv.includes("attach")) process.once("SIGINT", () => interrupted.abort());
for (const output of [process.stdout, process.stderr]) {
  output.on("error", () => {
    // `iapeer logs | head` closes the pipe: that ends a verb, and is no failure. A daemon outlives whoever read along.
    if (!daemonRuns) process.exit(0);
  });
}

process.exitCode = await runCli(
  process.argv.slice(2),
  {
    env: process.env,
    cwd: process.cwd(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    interrupted: interrupted.signal,
  },
  mountSim,
);
