/** Where a session begins in size; adapters read screens of this size. A person who attaches resizes it for as long as they look. */
const [COLUMNS, ROWS] = [220, 50];

/** The first pane of a server: the agent's. tmux never gives the number to another pane. */
export const AGENT_PANE = "%0";
export const SESSION_NAME = "agent";

/** Options of every server; nothing of the user's own configuration is read. */
const OPTIONS = [
  "set -s escape-time 10",
  "set -s set-clipboard off",
  // The dead pane keeps exit code and signal until they are read.
  "set -g remain-on-exit on",
  "set -gq remain-on-exit-format ''",
  "set -g status off",
  "set -g history-limit 5000",
  // Attaching changes neither the session's environment nor, afterwards, its size.
  "set -g update-environment ''",
  `set -g default-size ${COLUMNS}x${ROWS}`,
  "set -g window-size latest",
  `set-hook -g client-detached "resize-window -t ${AGENT_PANE} -x ${COLUMNS} -y ${ROWS} ; set-option -w -t ${AGENT_PANE} window-size latest"`,
];

/**
 * The configuration that starts one agent. It goes to tmux as a file and not as arguments, because tmux limits a command to 16 KB and because
 * arguments of the server stay readable to every user for as long as it runs; the environment comes from the process that starts the
 * server, so that no secret is ever an argument or in a file.
 */
export function serverConfig(argv: readonly string[], instance: string, outputVariable: string): string {
  return [
    ...OPTIONS,
    `set -g @iapeer_instance ${quote(instance)}`,
    `set-environment -gu ${outputVariable}`,
    `new-session -d -s ${SESSION_NAME} -x ${COLUMNS} -y ${ROWS} ${paneCommand(argv).map(quote).join(" ")}`,
    // `cat` starts before the first byte of the agent is read; with `>>` the file may be cut while it is written.
    `pipe-pane -t ${AGENT_PANE} 'exec cat >>"$${outputVariable}"'`,
    "",
  ].join("\n");
}

/**
 * The agent's command line as tmux shall execute it: with two words or more it starts no shell. `env` takes away the names that tmux adds (a
 * `tmux kill-server` typed by an agent must not reach its own server) and becomes the agent, pid and all.
 */
function paneCommand(argv: readonly string[]): readonly string[] {
  // `env` would take a program with "=" in its path for an assignment; `nice -n 0` only executes.
  const program = argv[0]?.includes("=") ? ["/usr/bin/nice", "-n", "0"] : [];
  return ["/usr/bin/env", "-u", "TMUX", "-u", "TMUX_PANE", "-u", "TERM_PROGRAM", "-u", "TERM_PROGRAM_VERSION", ...program, ...argv];
}

/** One word for tmux's parser. A backslash stands outside of single quotes: before a newline it would continue the line even there. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'"'"'`).replaceAll("\\", `'"\\\\"'`)}'`;
}
