import { chmodSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { parseIdentity } from "../../model/identity.ts";
import { HostError } from "../../ports/host.ts";

/** Longest path of a Unix socket in bytes, without the closing NUL. */
const LONGEST_SOCKET = process.platform === "darwin" ? 103 : 107;

/** The private folder with one socket per peer, named by identity. */
export interface SocketFolder {
  /** The socket of an identity. Throws {@link HostError}: `socket-path-too-long`, or `spawn-failed` for a name that is no identity. */
  socket(identity: string): string;
  /** A file beside it, for the moment of a launch. */
  configFile(identity: string): string;
  /** Makes the folder, mode 0700. */
  prepare(): void;
  /** Identities with a socket, and a mark that changes when another server takes it. Throws `list-failed`. */
  list(): readonly { readonly identity: string; readonly mark: string }[];
  /** The mark of one socket; null when there is none. */
  mark(identity: string): string | null;
  /** Removes a socket that nobody listens on. */
  remove(identity: string): void;
  /** Removes what a daemon that died in the middle of a launch left beside the sockets. Only where nobody else launches. */
  sweep(): void;
}

const CONFIG = ".conf";

export function socketFolder(folder: string): SocketFolder {
  const socket = (identity: string): string => {
    if (parseIdentity(identity) === null) throw new HostError("spawn-failed", `"${identity}" is no identity (<runtime>-<personality>)`);
    return checkLength(`${folder}/${identity}`);
  };
  const mark = (identity: string): string | null => markOf(`${folder}/${identity}`);
  return {
    socket,
    configFile: (identity) => `${folder}/${identity}${CONFIG}`,
    prepare() {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      chmodSync(folder, 0o700);
    },
    list() {
      const found: { identity: string; mark: string }[] = [];
      for (const identity of namesIn(folder)) {
        const seen = parseIdentity(identity) === null ? null : mark(identity);
        if (seen !== null) found.push({ identity, mark: seen });
      }
      return found;
    },
    mark,
    remove: (identity) => rmSync(socket(identity), { force: true }),
    sweep() {
      for (const name of namesIn(folder)) if (name.endsWith(CONFIG)) rmSync(`${folder}/${name}`, { force: true });
    },
  };
}

function checkLength(path: string): string {
  const length = Buffer.byteLength(path);
  if (length <= LONGEST_SOCKET) return path;
  throw new HostError(
    "socket-path-too-long",
    `the socket path ${path} has ${length} bytes, ${LONGEST_SOCKET} are possible: set IAPEER_ROOT to a shorter folder`,
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new HostError("list-failed", `the terminals in ${folder} cannot be listed: ${(error as Error).message}`, { cause: error });
  }
}

function markOf(path: string): string | null {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts?.isSocket() ? `${facts.ino}:${facts.birthtimeMs}` : null;
}
