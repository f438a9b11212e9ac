import type { DecisionFeed } from "../control/feed.ts";
import type { Daemon } from "../lifecycle/api.ts";
import { type Clock, sleep } from "../ports/clock.ts";
import type { Disk } from "../ports/disk.ts";
import { createBook } from "./book.ts";
import type { DecisionRow, Fleet, Hello, History, SpanName } from "./contract.ts";
import { createHub, type StreamEvent, type Subscription } from "./hub.ts";
import { createLook } from "./look.ts";
import { numbersOf } from "./model/peers.ts";
import type { RecentQuery } from "./model/recent.ts";

export interface FleetViewParts {
  readonly daemon: Pick<Daemon, "peers">;
  readonly feed: Pick<DecisionFeed, "subscribe">;
  readonly clock: Clock;
  readonly disk: Disk;
  /** Where lifecycle.log is. */
  readonly logFolder: string;
  readonly about: { readonly version: string; readonly root: string };
  /** Differs between any two starts of a daemon. */
  readonly start: string;
  readonly onDefect: (error: unknown) => void;
}

/** What the page is made of: the decisions, their sums over time, and the peers as they are now. Nothing is done before the first look. */
export interface FleetView {
  /** Follows the fleet; goes on after `from` when that is known. Null when too many look on already. */
  follow(from: string | null): Subscription | null;
  decisions(query: RecentQuery): { rows: DecisionRow[]; more: boolean };
  history(span: SpanName): History;
  close(): void;
}

const LIMITS = { clients: 16, waiting: 1_000 };
const BEAT_MS = 10_000;

export function createFleetView(parts: FleetViewParts): FleetView {
  const { clock, about } = parts;
  const hub = createHub(LIMITS);
  const beats = createBeats(
    clock,
    () => hub.size > 0,
    () => hub.publish({ event: "beat", data: clock.wallMs() }),
  );
  const book = createBook(parts, (row) => {
    hub.publish({ event: "decision", data: row, id: row.id });
    look.soon();
  });
  const look = createLook(parts, book.tracker, { wanted: () => hub.size > 0, changed: () => hub.publish(fleetEvent()) });
  const fleetEvent = (): StreamEvent => {
    const peers = look.peers() ?? [];
    const fleet: Fleet = { now: clock.wallMs(), peers, numbers: numbersOf(peers, book.day()) };
    return { event: "fleet", data: fleet };
  };
  const onLoaded = (): void => {
    hub.publish({ event: "recent", data: book.first() });
    hub.publish({ event: "loaded", data: null });
    if (look.peers() !== null) hub.publish(fleetEvent());
    // The log knows since when each peer is as it is.
    look.soon();
  };
  return {
    follow: (from) => {
      if (book.begin()) void book.whenLoaded.then(onLoaded);
      const hello: Hello = { ...about, now: clock.wallMs(), loaded: book.loaded() };
      const fleet = look.peers() === null ? [] : [fleetEvent()];
      const subscription = hub.join([{ event: "hello", data: hello }, ...fleet, ...(book.loaded() ? book.after(from) : [])]);
      beats.begin();
      look.soon();
      return subscription;
    },
    decisions: (query) => book.find(query),
    history: (span) => book.history(span),
    close: () => {
      beats.close();
      look.close();
      book.close();
      hub.close();
    },
  };
}

/** A sign of life every so often while somebody listens: a client that hears none knows that its connection is dead. */
function createBeats(clock: Clock, wanted: () => boolean, beat: () => void): { begin(): void; close(): void } {
  const over = new AbortController();
  let going = false;
  const run = async (): Promise<void> => {
    going = true;
    while (wanted() && !over.signal.aborted) {
      await sleep(clock, BEAT_MS, over.signal);
      beat();
    }
    going = false;
  };
  return { begin: () => void (!going && run()), close: () => over.abort() };
}
