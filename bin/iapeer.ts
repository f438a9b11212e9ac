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
if (!["daemon", "up", "attach"].some((verb) => process.argv.includes(verb))) {
  process.once("SIGINT", () => interrupted.abort());
}
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // `iapeer logs | head` closes the pipe: that is no failure.
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

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
