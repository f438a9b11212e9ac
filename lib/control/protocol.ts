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

/** What a client asks. */
export interface ControlRequest {
  readonly v: number;
  readonly id: number;
  readonly verb: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What the daemon answers; the id is null when the request had none that could be read. */
export type ControlReply = { readonly id: number | null } & (
  | { readonly event: unknown }
  | { readonly error: { readonly code: string; readonly message: string } }
  | { readonly ok: true; readonly result: unknown }
);

/** A request from a line, or null when it is none. */
export function readRequest(line: string): ControlRequest | null {
  const fields = objectOf(line);
  if (fields === null) return null;
  const { v, id, verb, args = {} } = fields;
  if (!Number.isSafeInteger(v) || !Number.isSafeInteger(id) || typeof verb !== "string" || !isObject(args)) return null;
  return { v: Number(v), id: Number(id), verb, args };
}

/** A reply from a line, or null when it is none. */
export function readReply(line: string): ControlReply | null {
  const fields = objectOf(line);
  if (fields === null || (fields["id"] !== null && !Number.isSafeInteger(fields["id"]))) return null;
  const id = fields["id"] as number | null;
  const { event, error, ok, result } = fields;
  if (event !== undefined) return { id, event };
  if (ok === true) return { id, ok, result };
  if (!isObject(error) || typeof error["code"] !== "string" || typeof error["message"] !== "string") return null;
  return { id, error: { code: error["code"], message: error["message"] } };
}

function objectOf(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
