import { z } from "zod";

/**
 * The words between a verb and the daemon: one JSON object per line over a local socket. A request carries the protocol's version and an id;
 * the answer carries the same id. A streaming request is answered by any number of `event` lines before its one final line.
 */
export const PROTOCOL = 1;

/** Longest line in either direction; the longest legal message with attachments is far below. */
export const MAX_LINE_BYTES = 1024 * 1024;

/** Where the daemon of a root listens. */
export function controlSocketPath(root: string): string {
  return `${root}/state/iapeer/control.sock`;
}

/** Says who listens, for people and tools: socket, pid, version. */
export function controlAddressPath(root: string): string {
  return `${root}/state/iapeer/control.json`;
}

/** Two ends that exchange lines; the real one is a unix socket. */
export interface Connection {
  /** Queues one line; does nothing once closed. */
  send(line: string): void;
  /** Takes the one listener for whole lines; a line over {@link MAX_LINE_BYTES} closes the connection. */
  onLine(listener: (line: string) => void): void;
  /** Hears the end once, also when it has come already. */
  onClose(listener: () => void): void;
  close(): void;
}

export const requestLine = z.object({
  v: z.int(),
  id: z.int(),
  verb: z.string().max(40),
  args: z.record(z.string(), z.unknown()).default({}),
});
export type ControlRequest = z.infer<typeof requestLine>;

export const replyLine = z.union([
  z.object({ id: z.int().nullable(), event: z.unknown() }).refine((line) => line.event !== undefined),
  z.object({ id: z.int().nullable(), error: z.object({ code: z.string(), message: z.string() }) }),
  z.object({ id: z.int().nullable(), ok: z.literal(true), result: z.unknown() }),
]);
export type ControlReply = z.infer<typeof replyLine>;

/** JSON of one line, checked; null when it is none. */
export function readLine<T>(schema: z.ZodType<T>, line: string): T | null {
  try {
    return schema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
