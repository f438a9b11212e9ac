/** A workbench for one adapter over the real terminal host: temporary root and home, private sockets, sessions that end with the test. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, realpathSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeClock } from "../../../lib/adapters/clock.ts";
import { nodeDisk } from "../../../lib/adapters/disk.ts";
import { tmuxHost } from "../../../lib/adapters/tmux/index.ts";
import type { Clock, Disk, LaunchPlan, LaunchRequest, Runtime, RuntimeSession, SessionHost, Terminal } from "../../../lib/ports/index.ts";

export interface Bench {
  readonly root: string;
  /** HOME of every session. */
  readonly home: string;
  readonly clock: Clock;
  readonly disk: Disk;
  readonly host: SessionHost & Terminal;
  /** A new, empty folder; `name` may hold anything that a folder's name may. */
  folder(name?: string): Promise<string>;
  /** Plans and spawns; `edit` changes the plan, for what the adapter itself would never launch. */
  launch(runtime: Runtime, request: Launch, edit?: (plan: LaunchPlan) => LaunchPlan): Promise<RuntimeSession>;
  end(session: RuntimeSession): Promise<void>;
  /** Ends everything that was launched here and removes the folders. */
  close(): Promise<void>;
}

export type Launch = Pick<LaunchRequest, "mode" | "reference" | "cwd" | "uuid"> & { readonly permissions?: "ask" | "bypass" };

/** `env`: what sessions inherit besides HOME, PATH and a locale. */
export async function openBench(env: Readonly<Record<string, string>> = {}): Promise<Bench> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "iap-rt-")));
  const home = join(root, "home");
  await mkdir(home, { recursive: true });
  const [clock, disk] = [nodeClock(), nodeDisk()];
  const host = tmuxHost({ folder: join(root, "t"), env: { PATH: process.env["PATH"], LANG: "C.UTF-8", HOME: home, ...env } });
  const live = new Map<string, RuntimeSession>();
  let serial = 0;
  const end = async (session: RuntimeSession): Promise<void> => {
    const done = await host.end(session);
    if (done.state !== "dead") throw new Error(`${session.identity} did not end: ${done.reason}`);
    await host.release(session);
    live.delete(session.instance);
  };
  return {
    root,
    home,
    clock,
    disk,
    host,
    end,
    folder: async (name) => {
      serial += 1;
      const folder = join(root, "peers", name ?? `peer${serial}`);
      await mkdir(folder, { recursive: true });
      return folder;
    },
    launch: async (runtime, { permissions = "ask", ...request }, edit = (plan) => plan) => {
      serial += 1;
      const names = { identity: `${runtime.name}-peer${serial}`, instance: randomUUID() };
      const plan = edit(runtime.plan({ ...request, ...names, permissions }));
      const launchedAt = clock.wallMs();
      const process = await host.spawn({
        ...names,
        cwd: request.cwd,
        argv: plan.argv,
        env: plan.env,
        logFile: join(root, `${names.identity}.log`),
      });
      const session = { ...names, process, cwd: request.cwd, reference: plan.reference, launchedAt };
      live.set(names.instance, session);
      return session;
    },
    close: async () => {
      for (const session of [...live.values()]) await end(session).catch(() => {});
      await host.close();
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
