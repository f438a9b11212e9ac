import type { Nature } from "../model/peer.ts";

/** Words on disk for a peer's nature; `human` and `scripted` are older words, understood on reading (lifecycle §2). */
export const NATURE_WORDS: Readonly<Record<string, Nature>> = {
  artificial: "artificial",
  natural: "natural",
  absent: "absent",
  human: "natural",
  scripted: "absent",
};
