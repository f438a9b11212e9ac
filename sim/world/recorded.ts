import { parseIdentity } from "../../lib/model/identity.ts";
import type { Action } from "../language/scenario.ts";
import { type Kernel, livingAgent } from "./kernel.ts";

/** Inputs that were recorded on a machine with other settings: there, whoever they befell was up; here it need not be. */
export interface RecordedInputs {
  /** May this happen now? What befell a session that is not there does not happen; a turn waits for the message that starts it. */
  admits(kernel: Kernel, action: Action): boolean;
  /** How long the turn of the message that is taken now lasts, where it was recorded: ms. */
  takeTurn(identity: string): number | null;
}

/** Only a living session ends. */
const ENDS: readonly Action["do"][] = ["crash", "exit"];

export function recordedInputs(missed: (action: Action) => void): RecordedInputs {
  const turns = new Map<string, number>();
  return {
    admits(kernel, action) {
      if (action.do === "turn") {
        const state = livingAgent(kernel, action.peer)?.state();
        if (state === "idle" || state === "busy") return true;
        turns.set(action.peer, action.forMs);
        return false;
      }
      if (!ENDS.includes(action.do) || !("peer" in action) || livingAgent(kernel, action.peer) !== null) return true;
      missed(action);
      return false;
    },
    takeTurn(identity) {
      const peer = parseIdentity(identity)?.personality ?? "";
      const forMs = turns.get(peer) ?? null;
      turns.delete(peer);
      return forMs;
    },
  };
}
