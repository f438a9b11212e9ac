/** Looks for agent CLIs without starting one: a start costs half a second, and a CLI may do anything when it is started. */
import { basename, isAbsolute, join } from "node:path";

export interface AgentCli {
  /** The runtime's name, which is also the program's. */
  readonly runtime: string;
  /** Absolute path as found, symbolic links kept: an update changes where they point. */
  readonly binary: string;
  /** Where the installation says it in its path; otherwise unknown until it runs. */
  readonly version?: string;
}

/** The two questions that a search asks of the machine. */
export interface ProgramLookup {
  /** Is this an executable file? Never rejects. */
  isProgram(path: string): Promise<boolean>;
  /** The path with symbolic links resolved. */
  realPath(path: string): Promise<string>;
}

const NAMES = ["claude", "codex"];

/** `…/versions/2.1.197` as the native installers lay it out. */
function versionOf(real: string): string | null {
  return /^\d+\.\d+\.\d+[\w.-]*$/.exec(basename(real))?.[0] ?? null;
}

/**
 * The first program of each name on the search path, relative entries left out.
 *
 * @example
 * const clis = await findAgentClis({ path: env.PATH ?? "", home }, lookup); // [{ runtime: "claude", binary: "/usr/local/bin/claude" }]
 */
export async function findAgentClis(where: { readonly path: string; readonly home: string }, lookup: ProgramLookup): Promise<AgentCli[]> {
  // A daemon started by a service manager has a short PATH: where the native installers put their program is looked at too.
  const folders = [...where.path.split(":").filter(isAbsolute), join(where.home, ".local", "bin")];
  const found: AgentCli[] = [];
  for (const runtime of NAMES) {
    for (const binary of folders.map((folder) => join(folder, runtime))) {
      if (!(await lookup.isProgram(binary))) continue;
      const version = versionOf(await lookup.realPath(binary).catch(() => binary));
      found.push({ runtime, binary, ...(version === null ? {} : { version }) });
      break;
    }
  }
  return found;
}
