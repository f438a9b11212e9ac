import type { Command } from "commander";
import type { Explanation, PeerState, PeerStatus } from "../../lib/lifecycle/api.ts";
import type { Context } from "../cli/context.ts";
import { printable, table } from "../cli/io.ts";
import { example, type VerbGroup } from "../cli/verb.ts";

export const explainVerb: VerbGroup = (program, contextOf) => {
  program
    .command("explain <peer>")
    .summary("resume or fresh, were a message to come now, and why")
    .description("The facts, the row of the wake table that would decide, and what would change it. Changes nothing.")
    .option("--topic <topic>", "as if the message had this topic")
    .option("--runtime <name>", "one of several runtimes of the peer")
    .option("--json", "print as JSON")
    .addHelpText("after", example("explain scout", "explain scout --topic release"))
    .action(async (peer: string, options: { topic?: string; runtime?: string; json?: boolean }, command: Command) => {
      const { topic, runtime, json } = options;
      const context = contextOf(command);
      const which = { peer, ...(runtime && { runtime }) };
      const explanation = await context.ask<Explanation>("explain", { ...which, ...(topic && { topic }) });
      if (json) return context.out.json(explanation);
      const { state } = await context.ask<PeerStatus>("peer", which);
      print(context, explanation, state);
    });
};

function print({ out }: Context, { identity, refusal, decision, rows, changes }: Explanation, state: PeerState): void {
  const { style } = out;
  const up = state === "alive" || state === "booting" || state === "waiting";
  if (up) out.line(printable(`${identity} is ${state}: a message goes to its session. Had that session ended by itself just now:`));
  if (refusal) out.line(`${style.bad("refused")}: ${printable(`a wake of ${identity} would be refused now (${refusal}); otherwise:`)}`);
  out.line(printable(`${identity} would come up ${decision.mode.toUpperCase()}, because ${decision.cause}`));
  out.line();
  const lines = table(rows.map(({ row, condition, mode, cause, held }) => [held ? "yes" : "no", row, condition, mode, cause]));
  for (const [index, line] of lines.entries()) {
    const decides = rows[index]?.row === decision.row;
    out.line(`${decides ? "→" : " "} ${decides ? style.bold(line) : style.dim(line)}`);
  }
  out.line();
  out.line("facts:");
  for (const line of table(Object.entries(decision.facts).map(([name, value]) => [name, JSON.stringify(value)])))
    out.line(`  ${printable(line)}`);
  out.line("it would be otherwise if:");
  for (const { change, mode, cause } of changes) out.line(`  ${printable(`${change}: ${mode} (${cause})`)}`);
}
