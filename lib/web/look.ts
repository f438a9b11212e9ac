import { sleep } from "../ports/clock.ts";
import type { PeerRow } from "./contract.ts";
import type { FleetViewParts } from "./fleet-view.ts";
import type { PeerTracker } from "./model/peers.ts";

/** Peers are looked at after a decision and every so often; never more than a tenth of the time goes into it. */
const LOOK_EVERY_MS = 3_000;
const LOOK_SOON_MS = 150;
const LOOK_SHARE = 10;

/** The peers as they are now. */
export interface Look {
  /** Null before the first look. */
  peers(): readonly PeerRow[] | null;
  /** Something may have changed. */
  soon(): void;
  close(): void;
}

/** The peers, looked at again while somebody wants to know. */
export function createLook(parts: FleetViewParts, tracker: PeerTracker, hooks: { wanted: () => boolean; changed: () => void }): Look {
  const { clock, daemon } = parts;
  let rows: readonly PeerRow[] | null = null;
  let [running, again, closed, failing] = [false, false, false, false];
  let pause = new AbortController();

  const once = async (): Promise<void> => {
    const before = new Map((rows ?? []).map((row) => [row.identity, row]));
    const now = clock.wallMs();
    const found = (await daemon.peers()).map((status) => tracker.row(status, now, before.get(status.identity)));
    const changed = JSON.stringify(found) !== JSON.stringify(rows);
    rows = found;
    if (changed) hooks.changed();
  };
  const run = async (): Promise<void> => {
    running = true;
    while (hooks.wanted() && !closed) {
      const began = clock.monoMs();
      again = false;
      await once().then(
        () => {
          failing = false;
        },
        (error: unknown) => {
          if (!failing) parts.onDefect(error);
          failing = true;
        },
      );
      const rest = (clock.monoMs() - began) * LOOK_SHARE;
      await sleep(clock, Math.max(LOOK_SOON_MS, rest));
      pause = new AbortController();
      if (!again) await sleep(clock, LOOK_EVERY_MS, pause.signal);
    }
    running = false;
  };
  return {
    peers: () => rows,
    soon: () => {
      again = true;
      pause.abort();
      if (!running) void run();
    },
    close: () => {
      closed = true;
      pause.abort();
    },
  };
}
