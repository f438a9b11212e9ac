import { checkSocketPath, listenControl } from "../../lib/adapters/control-socket.ts";
import { nodeDisk } from "../../lib/adapters/disk.ts";
import { type ProcessEnvironment, packageVersion } from "../../lib/adapters/node-environment.ts";
import { type RunningTelemetry, startTelemetry } from "../../lib/adapters/telemetry/index.ts";
import { readSettings, readTelemetrySettings } from "../../lib/config/index.ts";
import type { CreateParts } from "../../lib/control/create-peer.ts";
import {
  controlAddressPath,
  controlSocketPath,
  type DecisionFeed,
  decisionFeed,
  PROTOCOL,
  receiptFeed,
  serveControl,
} from "../../lib/control/index.ts";
import type { Daemon } from "../../lib/lifecycle/api.ts";
import { createDaemon } from "../../lib/lifecycle/daemon.ts";
import type { Notice } from "../../lib/model/decision.ts";
import { IapeerError, reasonOf } from "../../lib/model/errors.ts";
import { peerDirectory } from "../../lib/peers/index.ts";
import type { Disk, Telemetry } from "../../lib/ports/index.ts";
import { createStorage } from "../../lib/storage/index.ts";
import { realParts } from "./parts.ts";
import { type RunningWeb, startWeb } from "./web.ts";

/** A daemon of this machine with its control socket. */
export interface RunningDaemon {
  readonly daemon: Daemon;
  readonly feed: DecisionFeed;
  /** What `createPeer` needs, for a program that holds the daemon itself. */
  readonly create: CreateParts;
  readonly socket: string;
  readonly web: Omit<RunningWeb, "close">;
  /** Stops listening and supervising; sessions keep running. */
  stop(): Promise<void>;
}

export interface RunRequest {
  readonly root: string;
  readonly env: ProcessEnvironment;
  readonly bin: string;
  readonly onNotice: (notice: Notice) => void;
  readonly onDefect: (error: unknown) => void;
  /** Takes lines about telemetry that does not get through. */
  readonly onTelemetry: (line: string) => void;
  /** Gets the feed before the daemon starts, so that nothing it decides is missed. */
  readonly watch?: (feed: DecisionFeed) => void;
}

/** Brings up the daemon of a root. Rejects `daemon-running`, `bad-setting`, `root-unusable`, `socket-path-too-long`. */
export async function runDaemon(request: RunRequest): Promise<RunningDaemon> {
  const { root } = request;
  const version = packageVersion();
  checkSocketPath(controlSocketPath(root));
  await usable(root, async (disk) => {
    const facts = await disk.stat(root);
    if (facts !== null && facts.kind !== "folder") throw new Error("it is not a folder");
  });
  const telemetry = await beginTelemetry(request, version);
  const feed = decisionFeed(withNotices(telemetry.telemetry, request.onNotice));
  request.watch?.(feed);
  try {
    return await serve(request, version, telemetry, feed);
  } catch (error) {
    await telemetry.shutdown();
    throw error;
  }
}

/** Before everything else, so that it hears of the daemon's first decision. */
async function beginTelemetry({ root, env, onTelemetry }: RunRequest, version: string): Promise<RunningTelemetry> {
  const disk = nodeDisk();
  // All problems of the settings come at once, those of telemetry among them.
  await readSettings(disk, root, env);
  return startTelemetry({ env, settings: await readTelemetrySettings(disk, root), version, write: onTelemetry });
}

function withNotices(telemetry: Telemetry, onNotice: RunRequest["onNotice"]): Telemetry {
  return {
    ...telemetry,
    notice: (notice) => {
      telemetry.notice(notice);
      onNotice(notice);
    },
  };
}

async function serve(request: RunRequest, version: string, telemetry: RunningTelemetry, feed: DecisionFeed): Promise<RunningDaemon> {
  const { root, env } = request;
  const socket = controlSocketPath(root);
  const parts = await realParts({ root, env, version, telemetry: feed, bin: request.bin, onDefect: request.onDefect });
  // A new root is private from the first moment on (lifecycle §3); an existing one is left as its owner made it.
  await usable(root, (disk) => createStorage(disk, `root-${process.pid}`).ensureFolder(root));
  const daemon = createDaemon(parts);
  await daemon.start();
  const endObserving = telemetry.observe(daemon.fleet);
  const web = await startWeb({ parts, daemon, feed, scrape: telemetry.scrape, onDefect: request.onDefect });
  const storage = createStorage(parts.disk, `control-${process.pid}`);
  const create = { storage, daemon, directory: peerDirectory(storage, root), runtimes: [...parts.runtimes.keys()] };
  const about = { version, pid: process.pid, root, http: web.address, httpProblem: web.problem };
  const onConnection = serveControl({
    ...create,
    feed,
    receipts: receiptFeed(daemon),
    clock: parts.clock,
    newId: () => parts.random.uuid("message"),
    about,
    telemetry: telemetry.status,
  });
  const address = { ...about, socket, protocol: PROTOCOL };
  try {
    const listener = await listenControl({ socket, addressFile: controlAddressPath(root), about: address, onConnection });
    const stop = async (): Promise<void> => {
      await web.close().catch(request.onDefect);
      await listener.close();
      // A daemon that has ended has no fleet: zeros in the last export would be untrue.
      endObserving();
      await daemon.stop();
      await telemetry.shutdown();
    };
    return { daemon, feed, create, socket, web, stop };
  } catch (error) {
    await web.close().catch(request.onDefect);
    await daemon.stop();
    throw error;
  }
}

async function usable(root: string, step: (disk: Disk) => Promise<void>): Promise<void> {
  try {
    await step(nodeDisk());
  } catch (error) {
    const mend = `choose another with IAPEER_ROOT or --root`;
    throw new IapeerError("root-unusable", `the root ${root} cannot be used (${reasonOf(error)}): ${mend}`, { cause: error });
  }
}
