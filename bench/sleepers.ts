import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { tmuxHost } from "../lib/adapters/tmux/index.ts";
import type { SessionHandle } from "../lib/ports/host.ts";

/** Sessions whose agent is `sleep`: as many terminals as a fleet has, at the price of two small processes each. */
export interface Sleepers {
  readonly host: ReturnType<typeof tmuxHost>;
  readonly sessions: SessionHandle[];
  /** Where the tmux sockets are. */
  readonly folder: string;
  /** Starts more until there are so many; at most eight at a time. */
  grow(count: number): Promise<void>;
}

/** The caller ends them with `endAllOf(root)`: their environment names the root. */
export function sleepers(root: string): Sleepers {
  const folder = join(root, "state/iapeer/tmux");
  const { PATH = "" } = process.env;
  const host = tmuxHost({ folder, env: { PATH, HOME: root } });
  const sessions: SessionHandle[] = [];
  const spawnOne = async (n: number): Promise<void> => {
    const [identity, instance, cwd] = [`demo-peer${n}`, `sleeper-${n}`, join(root, "peers", `peer${n}`)];
    mkdirSync(cwd, { recursive: true });
    const logFile = join(root, "logs", `${identity}.log`);
    mkdirSync(join(root, "logs"), { recursive: true });
    const process = await host.spawn({ identity, instance, cwd, argv: ["sleep", "100000"], env: { IAPEER_ROOT: root }, logFile });
    const session = { identity, instance, process };
    sessions.push(session);
    host.watch(session);
  };
  return {
    host,
    sessions,
    folder,
    grow: async (count) => {
      let next = sessions.length;
      const lane = async (): Promise<void> => {
        while (next < count) await spawnOne(next++);
      };
      await Promise.all(Array.from({ length: 8 }, lane));
    },
  };
}
