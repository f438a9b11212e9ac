import { join, resolve } from "node:path";
import { type Command, Option } from "commander";
import { findOnPath } from "../../lib/adapters/node-environment.ts";
import type { CreateRequest, PeerOverview } from "../../lib/control/index.ts";
import type { PeerStatus } from "../../lib/lifecycle/api.ts";
import type { PeerProfile } from "../../lib/model/peer.ts";
import type { Context } from "../cli/context.ts";
import { printable } from "../cli/io.ts";
import { peerDetails, peerTable } from "../cli/peer-view.ts";
import { commaList, example, type VerbGroup } from "../cli/verb.ts";

interface CreateOptions {
  readonly runtime?: readonly string[];
  readonly name?: string;
  readonly description?: string;
  readonly prompt?: string;
  readonly permissions?: "ask" | "bypass";
  readonly telegram?: string;
  readonly json?: boolean;
}

function withProfileOptions(command: Command): Command {
  return command
    .option("--runtime <names>", "agent CLIs of the peer, with commas, the default one first: claude,demo", commaList)
    .option("--name <name>", "only to be sure: refused when the folder gives another name")
    .option("--description <text>", "what the peer is for")
    .option("--prompt <text>", "first turn of every fresh conversation")
    .addOption(new Option("--permissions <mode>", "ask: the agent asks before it acts; bypass: it never asks").choices(["ask", "bypass"]))
    .option("--telegram <bot>", "the peer talks with a person through this bot: its conversation is never reset by a topic or a park")
    .option("--json", "print the profile as JSON");
}

/** Making, seeing and forgetting peers. */
export const peerVerbs: VerbGroup = (program, contextOf) => {
  withProfileOptions(program.command("create <name-or-folder>"))
    .summary("make a peer: a name, or a folder that gives it its name")
    .description("Make a peer of a folder, created when absent. A bare name means the folder <root>/peers/<name>.")
    .addHelpText("after", example("create scout --runtime demo", "create ~/work/my-project --runtime claude"))
    .action(async (place: string, options: CreateOptions, command: Command) => {
      const context = contextOf(command);
      const folder = /[/.~]/.test(place) ? resolve(context.io.cwd, place) : join(context.root, "peers", place);
      await create(context, { cwd: folder, makeFolder: true }, options);
    });
  withProfileOptions(program.command("init [folder]"))
    .summary("make a peer of the folder you are in")
    .description("Make a peer of an existing folder (default: the current one).")
    .addHelpText("after", example("init --runtime claude"))
    .action(async (folder: string | undefined, options: CreateOptions, command: Command) => {
      const context = contextOf(command);
      await create(context, { cwd: resolve(context.io.cwd, folder ?? ".") }, options);
    });
  program
    .command("remove <peer>")
    .summary("forget a peer; its folder and profile stay")
    .description("Forget a peer and everything recorded about its sessions. Refused while it is live. Its folder and profile stay.")
    .addHelpText("after", example("remove scout"))
    .action(async (peer: string, _options: object, command: Command) => {
      const context = contextOf(command);
      await context.ask("remove", { peer, by: context.by });
      context.out.line(printable(`${peer} is forgotten; its folder was left as it is`));
    });
  addViews(program, contextOf);
};

const addViews: VerbGroup = (program, contextOf) => {
  program
    .command("list")
    .summary("all peers and what they do")
    .description("All peers: state, what the next message would do, waiting messages.")
    .option("--json", "print everything known as JSON")
    .addHelpText("after", example("list", "list --json | jq '.[].identity'"))
    .action(async (options: { json?: boolean }, command: Command) => {
      const context = contextOf(command);
      const peers = await context.ask<PeerOverview[]>("overview");
      if (options.json) return context.out.json(peers);
      if (peers.length === 0) context.out.line('no peers yet: make one with "iapeer create <name> --runtime demo"');
      else for (const line of peerTable(peers, context.out.style)) context.out.line(line);
    });
  program
    .command("status [peer]")
    .summary("the daemon, or one peer, in detail")
    .description("Without a peer: the daemon and how many peers are in which state. With one: everything known about it.")
    .option("--runtime <name>", "one of several runtimes of the peer")
    .option("--json", "print as JSON")
    .addHelpText("after", example("status", "status scout"))
    .action(async (peer: string | undefined, options: { runtime?: string; json?: boolean }, command: Command) => {
      const context = contextOf(command);
      await (peer === undefined ? daemonStatus(context, options.json) : peerStatus(context, peer, options));
    });
};

async function create(context: Context, place: Pick<CreateRequest, "cwd" | "makeFolder">, options: CreateOptions): Promise<void> {
  const { runtime, name, description, prompt, permissions, telegram, json } = options;
  const request: CreateRequest = {
    ...place,
    ...(runtime && { runtimes: [...runtime] }),
    ...(name && { personality: name }),
    ...(description && { description }),
    ...(prompt && { initialPrompt: prompt }),
    ...(permissions && { permissions }),
    ...(telegram && { telegram }),
  };
  const profile = await context.ask<PeerProfile>("create", { ...request });
  if (json) return context.out.json(profile);
  context.out.line(printable(`${profile.personality} is a peer on ${profile.runtimes.join(", ")}, in ${profile.cwd}`));
  context.out.line(`next: iapeer send ${profile.personality} "hello"`);
  for (const warning of warnings(context, profile)) context.err.line(`${context.err.style.warn("note:")} ${printable(warning)}`);
}

function warnings(context: Context, profile: PeerProfile): string[] {
  const missing = profile.runtimes.filter((runtime) => runtime !== "demo" && findOnPath(runtime, context.io.env) === null);
  return [
    ...missing.map((runtime) => `${runtime} is not on your PATH: until the daemon finds it, waking ${profile.personality} is refused`),
    ...(profile.permissions === "bypass"
      ? [
          `permissions "bypass": ${profile.personality} runs commands and changes files as you, without asking, on the word of whoever can send it a message`,
        ]
      : []),
  ];
}

async function daemonStatus(context: Context, json: boolean | undefined): Promise<void> {
  const about = await context.ask<{ version: string; pid: number; root: string }>("about");
  const peers = await context.ask<PeerStatus[]>("peers");
  const states = Object.fromEntries([...Map.groupBy(peers, (peer) => peer.state)].map(([state, all]) => [state, all.length]));
  if (json) return context.out.json({ ...about, peers: states });
  const counts = Object.entries(states).map(([state, count]) => `${count} ${state}`);
  context.out.line(
    `${context.out.style.mark(context.out.style.good("●"), "running:")} iapeer ${about.version}, pid ${about.pid}, root ${about.root}`,
  );
  context.out.line(`peers: ${counts.length === 0 ? "none" : counts.join(", ")}`);
}

async function peerStatus(context: Context, peer: string, options: { runtime?: string; json?: boolean }): Promise<void> {
  const status = await context.ask<PeerStatus>("peer", { peer, ...(options.runtime && { runtime: options.runtime }) });
  if (options.json) return context.out.json(status);
  for (const line of peerDetails(status, context.out.style)) context.out.line(line);
}
