/** A whole daemon, as a process of its own, over the real Claude Code in real tmux, against the stub of its API: one fleet per describe. */

import { mkdir, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { createFleet, type DaemonProcess, type Fleet, hasTmux } from "../../e2e/support/fleet.ts";
import { replayedLog } from "../../e2e/support/replayed.ts";
import { type MessagesApi, startMessagesApi } from "../stub/messages-api.ts";
import { type AgentWatch, watchAgents } from "./agent-watch.ts";
import { CLAUDE_BINARY, claudeInstalled, claudeVariables, prepareHome } from "./claude-home.ts";
import { type ClaudePeer, createClaudePeer, type PeerOptions } from "./claude-peer.ts";

export interface ClaudeFleet extends Fleet {
  readonly api: MessagesApi;
  readonly agents: AgentWatch;
  /** The environment that a person's own runs of the CLI have. */
  readonly personal: Readonly<Record<string, string>>;
  /** Ends the daemon that runs, if one does, and starts the next. */
  restart(signal?: NodeJS.Signals): Promise<DaemonProcess>;
  /** A new peer with a folder and a name of its own; `bypass` unless said otherwise. */
  newPeer(options?: PeerOptions): Promise<ClaudePeer>;
  /** Stops the daemon in good order: its log is complete then. */
  stop(): Promise<void>;
}

export interface FleetOptions {
  /** `IAPEER_…` of the daemon. */
  readonly settings: Readonly<Record<string, string>>;
  /** Did a person trust the peers' folders before? Otherwise the CLI asks in each. */
  readonly trusted: boolean;
}

/** How long anything of these tests may take on a loaded machine, ms. */
export const PATIENCE_MS = 90_000;

/** Both the CLI under test and Linux's process table are needed. */
export const canRunFleet = claudeInstalled && hasTmux && process.platform === "linux";

async function openFleet({ settings, trusted }: FleetOptions): Promise<ClaudeFleet> {
  const api = await startMessagesApi();
  const PATH = [dirname(process.execPath), dirname(CLAUDE_BINARY), "/usr/bin", "/bin"].join(":");
  const variables = { ...claudeVariables(api), PATH };
  const fleet = await createFleet({ ...variables, ...settings });
  const root = await realpath(fleet.root);
  const peers = join(root, "peers");
  await mkdir(peers, { recursive: true });
  await prepareHome(root, { trusted: trusted ? [peers] : [] });
  const agents = watchAgents(root);
  let daemon: DaemonProcess | null = null;
  let serial = 0;
  const whole: ClaudeFleet = {
    ...fleet,
    api,
    agents,
    personal: { ...variables, HOME: root },
    restart: async (signal = "SIGTERM") => {
      if (daemon !== null) await fleet.end(daemon, signal);
      daemon = await fleet.start();
      return daemon;
    },
    stop: async () => {
      if (daemon !== null) await fleet.end(daemon);
      daemon = null;
    },
    newPeer: async (options = {}) => {
      serial += 1;
      return createClaudePeer(whole, `peer${serial}`, options);
    },
    close: async () => {
      agents.stop();
      await fleet.close();
      await api.close();
    },
  };
  await whole.restart();
  return whole;
}

/** The fleet of a describe, with a daemon that listens; everything that was started ends with it, and its log is decided again by the simulator. */
export function claudeFleet(options: FleetOptions): () => ClaudeFleet {
  let fleet: ClaudeFleet | null = null;
  beforeAll(async () => {
    fleet = await openFleet(options);
  }, PATIENCE_MS);
  afterAll(async () => {
    if (fleet === null) return;
    await fleet.stop();
    const replayed = await replayedLog(fleet.root).finally(() => fleet?.close());
    console.log(replayed.verdict);
    expect(fleet.agents.violations).toEqual([]);
    expect(replayed.divergences, replayed.verdict).toEqual([]);
    expect(replayed.decisions).toBeGreaterThan(10);
  }, PATIENCE_MS);
  return () => {
    if (fleet === null) throw new Error("the fleet is not there: it failed to open");
    return fleet;
  };
}
