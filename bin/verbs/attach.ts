import { spawn } from "node:child_process";
import type { Command } from "commander";
import type { AttachResult } from "../../lib/lifecycle/api.ts";
import { IapeerError } from "../../lib/model/errors.ts";
import { BRING_UP_MS, type Context } from "../cli/context.ts";
import { example, Failed, type VerbGroup } from "../cli/verb.ts";

export const attachVerb: VerbGroup = (program, contextOf) => {
  program
    .command("attach <peer>")
    .summary("open a peer's session in this terminal")
    .description("Open a peer's session in this terminal; a sleeping peer is resumed first. Ctrl-b d leaves it running.")
    .option("--runtime <name>", "one of several runtimes of the peer")
    .addHelpText("after", example("attach scout"))
    .action(async (peer: string, options: { runtime?: string }, command: Command) => {
      await attach(contextOf(command), { peer, ...(options.runtime && { runtime: options.runtime }) });
    });
};

async function attach(context: Context, peer: { peer: string; runtime?: string }): Promise<void> {
  if (!context.io.stdin.isTTY || !context.io.stdout.isTTY) {
    throw new IapeerError("no-terminal", 'attach needs a terminal on both ends; to read along use "iapeer logs -f"');
  }
  const { command, woke, identity } = await context.ask<AttachResult>("attach", { ...peer, by: context.by }, { timeoutMs: BRING_UP_MS });
  if (command === null) throw new IapeerError("no-terminal", `${identity} has no terminal that could be opened`);
  if (woke) context.err.line(`${identity} was asleep and has been resumed`);
  context.err.line(context.err.style.dim("Ctrl-b d leaves the session running"));
  const code = await runInTerminal(command, context.io.env).finally(() => context.ask("attach-end", { ...peer, by: context.by }));
  if (code !== 0) throw new Failed();
}

/** The terminal belongs to the program until it ends: keys and signals are its own business, we outlive it to say that the person has left. */
function runInTerminal(command: readonly string[], env: Context["io"]["env"]): Promise<number> {
  const { TMUX: _, ...inherited } = env;
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  return new Promise<number>((resolve, reject) => {
    const child = spawn(command[0] ?? "", command.slice(1), { stdio: "inherit", env: inherited });
    for (const signal of signals) process.on(signal, () => signal === "SIGTERM" && child.kill(signal));
    child.once("error", (error) =>
      reject(new IapeerError("attach-failed", `${command[0]} cannot be run: ${error.message}`, { cause: error })),
    );
    child.once("close", (code) => resolve(code ?? 1));
  }).finally(() => {
    for (const signal of signals) process.removeAllListeners(signal);
  });
}
