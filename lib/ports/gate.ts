import type { Terminal } from "./host.ts";

/**
 * Asked before every keystroke: may this daemon still act (lifecycle §14)? A daemon that was suspended between a paste and its Enter finds
 * the gate shut when it goes on. Open until a daemon binds its lease to it.
 */
export interface Gate {
  /** Rejects when this daemon must do nothing any more. */
  check(): Promise<void>;
  /** The daemon's own check, once it holds the lease. */
  bind(check: () => Promise<void>): void;
}

export function createGate(): Gate {
  let current = async (): Promise<void> => {};
  return {
    check: () => current(),
    bind: (check) => {
      current = check;
    },
  };
}

/** A terminal whose keyboard is behind the gate; looking is always allowed. */
export function gateTerminal(terminal: Terminal, gate: Gate): Terminal {
  return {
    screen: (session) => terminal.screen(session),
    lastScreen: (session) => terminal.lastScreen(session),
    paste: async (session, text) => {
      await gate.check();
      await terminal.paste(session, text);
    },
    keys: async (session, ...names) => {
      await gate.check();
      await terminal.keys(session, ...names);
    },
  };
}
