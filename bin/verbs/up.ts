import { join, resolve } from "node:path";
import type { Command } from "commander";
import { packageVersion } from "../../lib/adapters/node-environment.ts";
import { isFinal } from "../../lib/control/receipts.ts";
import { type Context, createContext } from "../cli/context.ts";
import { printable } from "../cli/io.ts";
import { quoted, selfCommand } from "../cli/self-command.ts";
import { example, type VerbGroup } from "../cli/verb.ts";
import type { RunningDaemon } from "../fleet/run-daemon.ts";
import { bringUp, sayLink } from "./daemon.ts";

const FIRST_PEER = "scout";
const FIRST_MESSAGE = "Hello! Remember the word lighthouse and tell me what you can do.";
/** The hints do not wait longer for the first message. */
const FIRST_LANDING_MS = 30_000;

export const upVerb: VerbGroup = (program, contextOf) => {
  program
    .command("up")
    .summary("a private fleet with a first peer, to look at (npm start)")
    .description(
      "Run a daemon on a private root (--root, IAPEER_ROOT, else ./.iapeer-run), print each decision with its cause, and make a first peer on the demo runtime when there is none. Ctrl-C leaves sessions alive; a second start adopts them.",
    )
    .addHelpText("after", example("up", "--root /tmp/fleet up"))
    .action(async (_options: object, command: Command) => {
      const given = contextOf(command);
      await up(given.rootGiven ? given : createContext(given.io, resolve(given.io.cwd, ".iapeer-run")));
    });
};

async function up(context: Context): Promise<void> {
  const { ensureTmux } = await import("../fleet/tmux.ts");
  const { out, root, io } = context;
  await ensureTmux(io.env, (line) => out.line(line));
  out.line(`${out.style.bold(`iapeer ${packageVersion()}`)} on the root ${printable(root)}`);
  const running = await bringUp(context, true);
  const peers = await running.daemon.peers();
  if (peers.length === 0) await welcome(context, running);
  else out.line(`${peers.length === 1 ? "1 peer is" : `${peers.length} peers are`} known here; sessions that lived on were adopted`);
  await hints(context, running);
  await new Promise(() => {});
}

/** A first peer with a first message, so that there is something to see. */
async function welcome({ root, clock }: Context, running: RunningDaemon): Promise<void> {
  const { createPeer, createRequest } = await import("../../lib/control/index.ts");
  const cwd = join(root, "peers", FIRST_PEER);
  const description = "the first peer, on the demo agent: it costs nothing and answers at once";
  await createPeer(running.create, createRequest.parse({ cwd, makeFolder: true, runtimes: ["demo"], description }));
  const receipt = await running.daemon.send({ to: FIRST_PEER, from: "up", text: FIRST_MESSAGE, topic: "welcome" });
  if (isFinal(receipt)) return;
  const bound = Promise.withResolvers<void>();
  const timer = clock.after(FIRST_LANDING_MS, bound.resolve);
  await Promise.race([running.daemon.settled(receipt.id), bound.promise]);
  timer.cancel();
}

async function hints(context: Context, running: RunningDaemon): Promise<void> {
  const { agentClis } = await import("../fleet/parts.ts");
  const { out, io, root } = context;
  const command = selfCommand(io, root, process.argv[1] ?? "");
  const peer = (await running.daemon.peers())[0]?.personality ?? FIRST_PEER;
  const clis = (await agentClis(io.env)).filter(({ runtime }) => running.create.runtimes.includes(runtime));
  out.line();
  sayLink(context, running);
  out.line(out.style.bold("Try in another terminal:"));
  out.line(`  ${command} send ${peer} "Which word did I ask you to remember?"`);
  out.line(`  ${command} attach ${peer}`);
  out.line(`  ${command} new ${peer}`);
  for (const { runtime, binary } of clis) {
    out.line(printable(`${runtime} is here too (${quoted(binary)}); a peer on it: ${command} create ./my-project --runtime ${runtime}`));
  }
  if (clis.length === 0) out.line("No other agent CLI was found on the PATH; the demo agent works without one.");
  out.line(out.style.dim("Ctrl-C ends the daemon and leaves the sessions alive; a second start adopts them."));
  out.line();
}
