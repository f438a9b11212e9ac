import { HostError, type Screen, type SessionHandle, type Terminal } from "../../ports/host.ts";
import type { TmuxCommand } from "./command.ts";
import { AGENT_PANE, quote } from "./config.ts";
import type { SocketFolder } from "./folder.ts";

/** Keyboard and screen of a session. Each operation is one call of tmux, which itself makes sure that the pane is the session's own. */
export function tmuxTerminal(folder: SocketFolder, tmux: TmuxCommand): Terminal {
  let pastes = 0;
  const run = async (session: SessionHandle, args: readonly string[], input?: string): Promise<string> => {
    const socket = folder.socket(session.identity);
    const result = await tmux.run({ socket, args, ...(input === undefined ? {} : { input }) });
    if (result.state === "failed")
      throw new HostError("terminal-failed", `the terminal of ${session.identity} does not answer: ${result.reason}`);
    if (result.state === "no-server" || result.output.startsWith(GONE)) throw gone(session);
    return result.output;
  };
  return {
    screen: async (session) => parseScreen(await run(session, onlyIn(session, SHOW))) ?? Promise.reject(gone(session)),
    // The dead pane stays until the instance is let go of.
    lastScreen: (session) =>
      run(session, onlyIn(session, SHOW, { dead: true })).then(
        (output) => parseScreen(output),
        () => null,
      ),
    async paste(session, text) {
      if (text === "") return;
      pastes += 1;
      const buffer = `iapeer${pastes}`;
      const load = ["load-buffer", "-b", buffer, "-", ";"];
      // Without -r a newline arrives as the carriage return that terminals paste; with -p the text is bracketed, so that no newline is Enter.
      await run(
        session,
        [...load, ...onlyIn(session, `paste-buffer -p -d -b ${buffer} -t ${AGENT_PANE}`, { otherwise: `delete-buffer -b ${buffer}` })],
        text,
      );
    },
    async keys(session, ...names) {
      const wrong = names.find((name) => !/^[\x21-\x7e]+$/.test(name));
      if (wrong !== undefined)
        throw new HostError("terminal-failed", `"${wrong}" is no key name: accepted are tmux names (Enter, Escape, C-u)`);
      if (names.length > 0) await run(session, onlyIn(session, `send-keys -t ${AGENT_PANE} -- ${names.map(quote).join(" ")}`));
    },
  };
}

const META = "#{cursor_y} #{cursor_x} #{pane_title}";
const SHOW = `display-message -p -t ${AGENT_PANE} '${META}' ; capture-pane -p -t ${AGENT_PANE}`;
const GONE = "session-gone";

/** Runs a command only while the agent's pane holds exactly the process of this session, alive or dead as asked; otherwise says so. */
function onlyIn(
  session: SessionHandle,
  command: string,
  { dead = false, otherwise }: { readonly dead?: boolean; readonly otherwise?: string } = {},
): string[] {
  const pid = session.process === null ? "#{pane_pid}" : String(session.process.pid);
  const condition = `#{&&:#{==:#{pane_pid},${pid}},#{${dead ? "==" : "!="}:#{pane_dead},1}}`;
  const refuse = `display-message -p ${GONE}`;
  return ["if-shell", "-F", "-t", AGENT_PANE, condition, command, otherwise === undefined ? refuse : `${otherwise} ; ${refuse}`];
}

/** Blanks at the end of lines and empty lines at the end go; a no-break space stays, because prompts are told by it. */
export function parseScreen(output: string): Screen | null {
  const [first = "", ...rest] = output.split("\n");
  const [, row, column, title] = /^(\d+) (\d+) (.*)$/s.exec(first) ?? [];
  if (row === undefined || column === undefined || title === undefined) return null;
  const lines = rest.map((line) => line.replace(/[ \t]+$/, ""));
  while (lines.at(-1) === "") lines.pop();
  return { lines, title, cursor: { row: Number(row), column: Number(column) } };
}

function gone(session: SessionHandle): HostError {
  return new HostError("terminal-gone", `the terminal of ${session.identity} (instance ${session.instance}) is gone`);
}
