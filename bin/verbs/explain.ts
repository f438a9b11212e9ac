import type { Command } from "commander";
import { explanationText, findWake, type ShownExplanation, shownLive, shownRecorded } from "../../lib/explain/index.ts";
import type { Explanation } from "../../lib/lifecycle/api.ts";
import { readLog } from "../../lib/log/index.ts";
import { isoTime } from "../../lib/model/time.ts";
import type { Context } from "../cli/context.ts";
import { example, type VerbGroup } from "../cli/verb.ts";
import { readWhen, timeOf, type When } from "../cli/when.ts";

interface ExplainOptions {
  readonly topic?: string;
  readonly runtime?: string;
  readonly at?: When;
  readonly json?: boolean;
}

export const explainVerb: VerbGroup = (program, contextOf) => {
  program
    .command("explain <peer>")
    .summary("resume or fresh, were a message to come now, and why")
    .description(
      "The facts, the row of the wake table that would decide, by what margin a peer is held or parked, and what would change it. With --at, the " +
        "decision that lifecycle.log holds; that works without a daemon. Changes nothing.",
    )
    .option("--topic <topic>", "as if the message had this topic")
    .option("--runtime <name>", "one of several runtimes of the peer")
    .option("--at <when>", "the last wake at or before then, from the log: 90s, 10m, 2h, 3d (ago) or an ISO time", readWhen)
    .option("--json", "print as JSON")
    .addHelpText("after", example("explain scout", "explain scout --topic release", "explain scout --at '10m ago'"))
    .action(async (peer: string, options: ExplainOptions, command: Command) => {
      const context = contextOf(command);
      const shown = options.at === undefined ? await now(context, peer, options) : await then(context, peer, options, options.at);
      if (options.json) return context.out.json(shown);
      const { style, width } = context.out;
      for (const line of explanationText(shown, { style, width })) context.out.line(line);
    });
};

async function now(context: Context, peer: string, { topic, runtime }: ExplainOptions): Promise<ShownExplanation> {
  const explanation = await context.ask<Explanation>("explain", { peer, ...(runtime && { runtime }), ...(topic && { topic }) });
  return shownLive(explanation, "daemon");
}

async function then(context: Context, peer: string, { topic, runtime }: ExplainOptions, when: When): Promise<ShownExplanation> {
  const { records, damaged } = await readLog(context.disk, `${context.root}/logs/iapeer`);
  if (damaged > 0) context.err.line(context.err.style.warn(`${damaged} damaged lines were passed over`));
  const at = timeOf(when, context.clock.wallMs());
  return shownRecorded(findWake(records, { peer, at, asked: isoTime(at), ...(runtime && { runtime }) }), topic);
}
