import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { runCli } from "../../bin/cli/program.ts";
import { listenControl } from "../../lib/adapters/control-socket.ts";
import { nodeDisk } from "../../lib/adapters/disk.ts";
import {
  controlAddressPath,
  controlSocketPath,
  type DaemonAbout,
  type DecisionFeed,
  decisionFeed,
  receiptFeed,
  serveControl,
} from "../../lib/control/index.ts";
import { peerDirectory } from "../../lib/peers/index.ts";
import { noTelemetry } from "../../lib/ports/index.ts";
import { createStorage } from "../../lib/storage/index.ts";
import type { FakeDaemon } from "./fake-daemon.ts";
import { realClock } from "./real-clock.ts";

export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A command line in a private place, with a fake daemon behind a real socket when one is given. */
export interface CliStage {
  readonly root: string;
  readonly feed: DecisionFeed;
  run(argv: readonly string[], options?: RunOptions): Promise<CliRun>;
  close(): Promise<void>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly tty?: boolean;
  /** Width of the terminal. */
  readonly columns?: number;
  readonly interrupted?: AbortSignal;
  /** Hears everything written to standard output as it comes. */
  readonly onOutput?: (text: string) => void;
}

/** Where its HTTP listener answers, as the daemon says it. */
export type Http = Pick<DaemonAbout, "http" | "httpProblem">;
const OFF: Http = { http: null, httpProblem: "off: IAPEER_HTTP_PORT is off" };

export async function cliStage(daemon: FakeDaemon | null, http = OFF): Promise<CliStage> {
  const root = await mkdtemp(join(tmpdir(), "iapeer-cli-"));
  const feed = decisionFeed(noTelemetry);
  const listener = daemon === null ? null : await serve(root, daemon, feed, http);
  return {
    root,
    feed,
    run: (argv, options) => run(root, argv, options),
    close: async () => {
      await listener?.close();
      await rm(root, { recursive: true });
    },
  };
}

function serve(root: string, daemon: FakeDaemon, feed: DecisionFeed, http: Http): ReturnType<typeof listenControl> {
  const storage = createStorage(nodeDisk(), "test");
  let ids = 0;
  const onConnection = serveControl({
    daemon,
    feed,
    storage,
    directory: peerDirectory(storage, root),
    runtimes: ["demo", "claude"],
    receipts: receiptFeed(daemon),
    clock: realClock,
    newId: () => `id-${++ids}`,
    about: { version: "1.2.3", pid: 7, root, ...http },
  });
  return listenControl({ socket: controlSocketPath(root), addressFile: controlAddressPath(root), about: {}, onConnection });
}

async function run(root: string, argv: readonly string[], options: RunOptions = {}): Promise<CliRun> {
  const written = { out: "", err: "" };
  const stdin = new PassThrough();
  stdin.end(options.stdin ?? "");
  const isTTY = options.tty ?? false;
  const collect = (stream: "out" | "err", text: string): void => {
    written[stream] += text;
    if (stream === "out") options.onOutput?.(text);
  };
  const code = await runCli(argv, {
    env: { HOME: root, PATH: "", IAPEER_ROOT: root, USER: "ann", ...options.env },
    cwd: root,
    stdin,
    stdout: { write: (text) => collect("out", text), isTTY, ...(options.columns !== undefined && { columns: options.columns }) },
    stderr: { write: (text) => collect("err", text), isTTY },
    interrupted: options.interrupted ?? new AbortController().signal,
  });
  return { code, ...written };
}
