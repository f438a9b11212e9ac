import type { ProcessTable } from "../process/index.ts";
import type { TmuxCommand } from "./command.ts";
import type { Deaths } from "./deaths.ts";
import type { SocketFolder } from "./folder.ts";
import type { Outputs } from "./output.ts";
import type { Terminals } from "./terminals.ts";
import type { Watcher } from "./watcher.ts";

/** What looks at terminals, starts and ends them. */
export interface TerminalParts {
  readonly folder: SocketFolder;
  readonly tmux: TmuxCommand;
  readonly table: ProcessTable;
  /** Environment for agents, free of anything foreign. */
  readonly base: Readonly<Record<string, string>>;
  readonly deaths: Deaths;
  readonly terminals: Terminals;
}

/** All that a tmux host is made of. */
export interface HostParts extends TerminalParts {
  readonly watch: Watcher;
  readonly outputs: Outputs;
}
