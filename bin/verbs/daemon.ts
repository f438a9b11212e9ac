import type { Command } from "commander";
import { installShutdown } from "../../lib/adapters/shutdown.ts";
import { decisionLine, formatLine, parseRecord } from "../../lib/log/index.ts";
import type { Decision, Notice } from "../../lib/model/decision.ts";
import { reasonOf } from "../../lib/model/errors.ts";
import type { Context } from "../cli/context.ts";
import { decisionText } from "../cli/decision-view.ts";
import { printable } from "../cli/io.ts";
import { example, type VerbGroup } from "../cli/verb.ts";
import type { RunningDaemon } from "../fleet/run-daemon.ts";
import { requireTmux } from "../fleet/tmux.ts";

/** A stop that takes longer has met something that does not end. */
const STOP_WITHIN_MS = 10_000;

export const daemonVerb: VerbGroup = (program, contextOf) => {
  program
    .command("daemon")
    .summary("run the daemon of a root in the foreground")
    .description(
      "Run the daemon in the foreground, for a service manager or a terminal. Ending it leaves all sessions alive; the next one adopts them.",
    )
    .option("--decisions", "print each decision as it is made")
    .addHelpText("after", example("daemon", "--root ~/fleet daemon --decisions"))
    .action(async (options: { decisions?: boolean }, command: Command) => {
      const context = contextOf(command);
      requireTmux(context.io.env);
      const running = await bringUp(context, options.decisions === true);
      context.out.line(printable(`iapeer listens on ${running.socket}`));
      sayLink(context, running);
      await new Promise(() => {});
    });
};

/** The link to the view; that it was switched off is no news. */
export function sayLink({ out, err }: Context, { web }: RunningDaemon): void {
  if (web.link !== null) out.line(`view: ${web.link}`);
  else if (!web.problem?.startsWith("off:")) err.line(`iapeer: no view and no /metrics: ${web.problem}`);
}

/** Starts the daemon inside this program and ends the program with it: on a signal, on a lost lease, on an error that nobody caught. */
export async function bringUp(context: Context, printDecisions: boolean): Promise<RunningDaemon> {
  const { io, err, root } = context;
  const { runDaemon } = await import("../fleet/run-daemon.ts");
  let running: RunningDaemon | null = null;
  installShutdown({
    withinMs: STOP_WITHIN_MS,
    onCrash: (reason) => err.line(`iapeer: ${printable(reason)}`),
    stop: async () => {
      if (running === null) return;
      const alive = (await running.daemon.peers().catch(() => [])).filter((peer) => peer.state === "alive").length;
      await running.stop();
      if (alive > 0)
        err.line(
          `the daemon has ended; ${alive === 1 ? "1 session keeps" : `${alive} sessions keep`} running, the next start adopts ${alive === 1 ? "it" : "them"}`,
        );
    },
  });
  running = await runDaemon({
    root,
    env: io.env,
    bin: process.argv[1] ?? "",
    onNotice: (notice) => err.line(noticeText(context, notice)),
    onDefect: (error) => err.line(`iapeer: ${printable(error instanceof Error && error.stack ? error.stack : reasonOf(error))}`),
    onTelemetry: (line) => err.line(`iapeer: ${printable(line)}`),
    watch: (feed) => void (printDecisions && feed.subscribe((decision) => printDecision(context, decision))),
  });
  void running.daemon.fenced.then(() => {
    err.line("another daemon has taken over this root: this one has ceased to act");
    process.exit(1);
  });
  return running;
}

function printDecision({ out }: Context, decision: Decision): void {
  const line = decisionLine(decision);
  const record = parseRecord(line);
  if (record) out.line(out.style.rich ? decisionText(record, out.style) : formatLine(record));
}

function noticeText({ err }: Context, notice: Notice): string {
  return `${err.style.warn("notice:")} ${printable(notice.identity ? `${notice.identity}: ${notice.text}` : notice.text)}`;
}
