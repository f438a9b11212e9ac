import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { basename, dirname, join } from "node:path";
import { lineSplitter } from "../control/lines.ts";
import { type Connection, MAX_LINE_BYTES } from "../control/protocol.ts";
import { IapeerError, reasonOf } from "../model/errors.ts";

/** A client that does not read is let go before what waits for it fills the memory. */
const MAX_UNSENT_BYTES = 16 * 1024 * 1024;

/** The kernel's limit for the path of a unix socket, without the closing zero. */
const MAX_PATH_BYTES = process.platform === "darwin" ? 103 : 107;

export interface ControlListener {
  /** Ends all connections and takes socket and address file away, if they are still ours. */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly socket: string;
  /** Gets `about` as JSON once the socket listens. */
  readonly addressFile: string;
  readonly about: Readonly<Record<string, unknown>>;
  readonly onConnection: (connection: Connection) => void;
}

/**
 * Listens on a unix socket that only this user can open (0600 in a 0700 folder). It is bound under a name of its own and then renamed
 * into place: whatever was there is replaced in one step, and closing never removes the socket of a successor. Only for the holder of
 * the lease (lifecycle §14): a suspended daemon that lost it still seems to listen, and must not keep its successor from being reached.
 * Rejects `socket-path-too-long`, `root-unusable`.
 */
export async function listenControl(options: ListenOptions): Promise<ControlListener> {
  const own = `${options.socket}.${process.pid}`;
  checkSocketPath(options.socket, own);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    options.onConnection(connectionOver(socket));
  });
  const inode = await bind(server, own, options).catch((error: unknown) => {
    server.close();
    throw new IapeerError("root-unusable", `the control socket ${options.socket} cannot be made: ${reasonOf(error)}`, { cause: error });
  });
  return { close: () => close(server, sockets, options, inode) };
}

/** Throws `socket-path-too-long`, with what to do about it. */
export function checkSocketPath(socket: string, own = `${socket}.${process.pid}`): void {
  const bytes = Buffer.byteLength(own);
  if (bytes <= MAX_PATH_BYTES) return;
  throw new IapeerError(
    "socket-path-too-long",
    `the path of the control socket is ${bytes} bytes long and at most ${MAX_PATH_BYTES} work: choose a shorter IAPEER_ROOT (${socket})`,
  );
}

async function bind(server: Server, own: string, options: ListenOptions): Promise<number> {
  await mkdir(dirname(own), { recursive: true, mode: 0o700 });
  await sweep(options.socket);
  await sweep(options.addressFile);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(own, resolve);
  });
  await chmod(own, 0o600);
  const { ino } = await stat(own);
  await rename(own, options.socket);
  const temporary = `${options.addressFile}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify(options.about)}\n`, { mode: 0o600 });
  await rename(temporary, options.addressFile);
  return ino;
}

/** Clears away what daemons left that died between making a file and renaming it into place; the lease keeps living ones away. */
async function sweep(path: string): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    const ours = name.startsWith(`${basename(path)}.`) && /\.\d+$/.test(name);
    if (ours) await rm(join(dirname(path), name), { force: true });
  }
}

async function close(server: Server, sockets: ReadonlySet<Socket>, options: ListenOptions, inode: number): Promise<void> {
  const present = await stat(options.socket).catch(() => null);
  if (present?.ino === inode) {
    await rm(options.socket, { force: true });
    const address = await readFile(options.addressFile, "utf8").catch(() => "");
    if (address === `${JSON.stringify(options.about)}\n`) await rm(options.addressFile, { force: true });
  }
  for (const socket of sockets) socket.destroy();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

/** Opens the daemon's socket. Rejects `daemon-not-running` or `not-allowed`. */
export async function connectControl(path: string): Promise<Connection> {
  try {
    return connectionOver(await openSocket(path));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "EACCES" || code === "EPERM") {
      throw new IapeerError("not-allowed", `${path} belongs to another user: only who runs the daemon may talk to it`, { cause: error });
    }
    const how = 'start one with "iapeer daemon" (or "npm start" in the project), or set IAPEER_ROOT to the root of the one that runs';
    throw new IapeerError("daemon-not-running", `no daemon listens on ${path}: ${how}`, { cause: error });
  }
}

function openSocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
    socket.once("error", reject);
  });
}

/** Lines over a stream. Errors of the stream end it: whoever waits for an answer hears of the end. */
function connectionOver(socket: Socket): Connection {
  const lines = lineSplitter(MAX_LINE_BYTES);
  let closed = false;
  let deliver: ((line: string) => void) | null = null;
  socket.pause();
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    closed = true;
  });
  socket.on("data", (chunk: Uint8Array) => {
    const whole = lines.push(chunk);
    if (whole === null) return refuseLine(socket);
    for (const line of whole) if (line !== "") deliver?.(line);
  });
  return {
    send: (line) => {
      if (closed || !socket.writable) return;
      if (socket.writableLength > MAX_UNSENT_BYTES) socket.destroy();
      else socket.write(`${line}\n`);
    },
    onLine: (listener) => {
      deliver = listener;
      socket.resume();
    },
    onClose: (listener) => {
      if (closed) listener();
      else socket.once("close", listener);
    },
    close: () => socket.destroy(),
  };
}

function refuseLine(socket: Socket): void {
  const message = `a line is longer than ${MAX_LINE_BYTES} bytes`;
  socket.end(`${JSON.stringify({ id: null, error: { code: "bad-request", message } })}\n`);
  socket.pause();
}
