import { nodeClock } from "../../lib/adapters/clock.ts";
import { connectControl } from "../../lib/adapters/control-socket.ts";
import { nodeDisk } from "../../lib/adapters/disk.ts";
import { rootFolder, whoAmI } from "../../lib/adapters/node-environment.ts";
// Not through the index: a verb that only asks shall not wait for the schemas of those that answer.
import { type CallOptions, controlClient } from "../../lib/control/client.ts";
import { controlSocketPath } from "../../lib/control/protocol.ts";
import type { Clock, Disk } from "../../lib/ports/index.ts";
import { type Io, type Printer, printer } from "./io.ts";

/** What every verb works with. */
export interface Context {
  readonly io: Io;
  readonly out: Printer;
  readonly err: Printer;
  readonly root: string;
  /** The root was chosen by the caller, not by default. */
  readonly rootGiven: boolean;
  readonly clock: Clock;
  readonly disk: Disk;
  /** Who asks, for the log. */
  readonly by: string;
  /** One request to the daemon of this root, on a connection of its own. */
  ask<T = unknown>(verb: string, args?: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<T>;
}

/** A bring-up may take as long as the daemon's own deadlines; the daemon answers when it is over. */
export const BRING_UP_MS = 15 * 60_000;

export function createContext(io: Io, givenRoot: string | undefined): Context {
  const root = rootFolder(io.env, io.cwd, givenRoot);
  const clock = nodeClock();
  return {
    io,
    out: printer(io.stdout, io.env),
    err: printer(io.stderr, io.env),
    root,
    rootGiven: Boolean(givenRoot || io.env["IAPEER_ROOT"]),
    clock,
    disk: nodeDisk(),
    by: whoAmI(io.env),
    ask: async <T>(verb: string, args: Readonly<Record<string, unknown>> = {}, options: CallOptions = {}): Promise<T> => {
      const client = controlClient(await connectControl(controlSocketPath(root)), clock);
      const leave = (): void => client.close();
      io.interrupted.addEventListener("abort", leave);
      try {
        return (await client.call(verb, args, options)) as T;
      } finally {
        io.interrupted.removeEventListener("abort", leave);
        client.close();
      }
    },
  };
}
