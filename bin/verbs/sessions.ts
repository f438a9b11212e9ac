import type { Command } from "commander";
import type { WakeResult } from "../../lib/lifecycle/api.ts";
import { IapeerError } from "../../lib/model/errors.ts";
import { BRING_UP_MS, type Context } from "../cli/context.ts";
import { printable } from "../cli/io.ts";
import { example, Failed, type VerbGroup } from "../cli/verb.ts";

interface PeerVerb {
  readonly name: string;
  readonly about: string;
  readonly help: string;
  readonly timeoutMs?: number;
  /** The line for a person once it is done. */
  readonly done: (peer: string, result: unknown) => string;
}

const wakeDone = (peer: string, result: unknown): string => {
  const { identity, mode, cause } = result as WakeResult;
  return `${peer} is ready: ${identity}, ${mode} (${cause})`;
};

const PEER_VERBS: readonly PeerVerb[] = [
  {
    name: "stop",
    about: "halt a peer: end its session and refuse to wake it",
    help: "It is resumed by the next message after `start`.",
    done: (peer) => `${peer} is stopped; "iapeer start ${peer}" lets it wake again`,
  },
  {
    name: "start",
    about: "let a stopped peer wake again",
    help: "Starts no session: the next message does.",
    done: (peer) => `${peer} may wake again`,
  },
  {
    name: "new",
    about: "restart a peer with a fresh conversation, now",
    help: "Returns when the new session is ready.",
    timeoutMs: BRING_UP_MS,
    done: wakeDone,
  },
  {
    name: "launch",
    about: "launch a peer's session fresh",
    help: "Returns when the session is ready.",
    timeoutMs: BRING_UP_MS,
    done: wakeDone,
  },
  {
    name: "refresh",
    about: "make the next natural wake a fresh one",
    help: "The running session, if any, goes on.",
    done: (peer) => `the next wake of ${peer} will be fresh`,
  },
  {
    name: "reset",
    about: "clear a crash-loop hold, end to end",
    help: "The deaths that led to it are forgotten.",
    done: (peer) => `${peer} is no longer held`,
  },
  {
    name: "interrupt",
    about: "press Escape once in a peer's session",
    help: "For a turn that goes the wrong way.",
    done: (peer) => `interrupted ${peer}`,
  },
  {
    name: "compact",
    about: "ask a peer's agent to compact its context",
    help: "Returns when the agent says that it did.",
    timeoutMs: BRING_UP_MS,
    done: (peer, result) => (result === true ? `${peer} has compacted its context` : `${peer} has not said that it compacted`),
  },
];

/** Verbs that need no more than a peer's name. */
export const sessionVerbs: VerbGroup = (program, contextOf) => {
  for (const verb of PEER_VERBS) {
    program
      .command(`${verb.name} <peer>`)
      .summary(verb.about)
      .description(`${verb.about}. ${verb.help}`)
      .option("--runtime <name>", "one of several runtimes of the peer")
      .option("--json", "print the daemon's answer as JSON")
      .addHelpText("after", example(`${verb.name} scout`))
      .action(async (peer: string, options: { runtime?: string; json?: boolean }, command: Command) => {
        await runPeerVerb(contextOf(command), verb, peer, options);
      });
  }
  program
    .command("self-done")
    .summary("inside a session: its work is done, park it when this turn ends")
    .description("For the agent itself: its session is parked as soon as its turn ends and no message waits; the next one may resume it.")
    .addHelpText("after", example("self-done"))
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      await context.ask("self-done", { identity: ownIdentity(context, "self-done") });
      context.out.line("parked when this turn ends");
    });
  program
    .command("self-fresh")
    .summary("inside a session: end it and start again with a fresh conversation")
    .description("For the agent itself (its /new): marks and ends its own session; the daemon relaunches it fresh at once.")
    .addHelpText("after", example("self-fresh"))
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      await context.ask("self-fresh", { identity: ownIdentity(context, "self-fresh") });
      context.out.line("a fresh session follows");
    });
};

async function runPeerVerb(context: Context, verb: PeerVerb, peer: string, options: { runtime?: string; json?: boolean }): Promise<void> {
  const { runtime, json } = options;
  const timeout = verb.timeoutMs === undefined ? {} : { timeoutMs: verb.timeoutMs };
  const result = await context.ask(verb.name, { peer, by: context.by, ...(runtime && { runtime }) }, timeout);
  if (json) context.out.json(result);
  else context.out.line(printable(verb.done(peer, result)));
  if (result === false) throw new Failed();
}

function ownIdentity({ io }: Context, verb: string): string {
  const identity = io.env["PEER_IDENTITY"];
  if (identity) return identity;
  throw new IapeerError(
    "not-a-session",
    `PEER_IDENTITY is not set: "${verb}" works inside a peer's own session; from outside use "iapeer new <peer>"`,
  );
}
