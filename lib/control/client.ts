import { IapeerError } from "../model/errors.ts";
import type { Clock } from "../ports/clock.ts";
import { type Connection, type ControlReply, PROTOCOL, readReply } from "./protocol.ts";

/** A verb's way to the daemon. */
export interface ControlClient {
  /**
   * Asks for one verb. Rejects with the daemon's own `IapeerError`, or `timeout` (the daemon may still carry it out), or `connection-lost`.
   * Streaming verbs call `onEvent` before they resolve.
   */
  call(verb: string, args?: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<unknown>;
  close(): void;
}

export interface CallOptions {
  /** 0 = wait for ever; default 30 s. */
  readonly timeoutMs?: number;
  readonly onEvent?: (event: unknown) => void;
}

interface Pending {
  readonly settle: (reply: ControlReply) => void;
  readonly lost: (error?: IapeerError) => void;
}

export function controlClient(connection: Connection, clock: Clock): ControlClient {
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let closed = false;
  connection.onLine((line) => {
    const reply = readReply(line);
    if (reply !== null && reply.id !== null) return pending.get(reply.id)?.settle(reply);
    const refusal = reply && "error" in reply ? new IapeerError(reply.error.code, `the daemon refused: ${reply.error.message}`) : undefined;
    for (const { lost } of [...pending.values()]) lost(refusal);
    connection.close();
  });
  connection.onClose(() => {
    closed = true;
    for (const { lost } of [...pending.values()]) lost();
  });

  const call: ControlClient["call"] = (verb, args = {}, { timeoutMs = 30_000, onEvent } = {}) =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      if (closed) return reject(connectionLost(verb));
      const timer = timeoutMs === 0 ? null : clock.after(timeoutMs, () => end(() => reject(timedOut(verb, timeoutMs))));
      const end = (how: () => void): void => {
        timer?.cancel();
        pending.delete(id);
        how();
      };
      const settle = (reply: ControlReply): void => {
        if ("event" in reply) onEvent?.(reply.event);
        else if ("error" in reply) end(() => reject(new IapeerError(reply.error.code, reply.error.message)));
        else end(() => resolve(reply.result));
      };
      pending.set(id, { settle, lost: (error) => end(() => reject(error ?? connectionLost(verb))) });
      connection.send(JSON.stringify({ v: PROTOCOL, id, verb, args }));
    });
  return { call, close: () => connection.close() };
}

function connectionLost(verb: string): IapeerError {
  return new IapeerError("connection-lost", `the daemon went away during "${verb}": see "iapeer logs"`);
}

function timedOut(verb: string, ms: number): IapeerError {
  return new IapeerError("timeout", `no answer to "${verb}" within ${ms / 1000} s; the daemon may still be at it: see "iapeer status"`);
}
