import { now, setNow } from "./time.js";

/** @typedef {import("../contract.ts").Fleet} Fleet */
/** @typedef {import("../contract.ts").Hello} Hello */
/** @typedef {import("../contract.ts").DecisionRow} DecisionRow */
/** @typedef {import("../contract.ts").Recent} Recent */

/**
 * What the parts of the page hear.
 * @typedef {object} Ears
 * @property {(hello: Hello) => void} hello
 * @property {(fleet: Fleet) => void} fleet
 * @property {(recent: Recent) => void} recent
 * @property {(row: DecisionRow) => void} decision
 * @property {() => void} loaded the log has been read
 * @property {(state: ConnectionState) => void} connection
 */
/** `over`: the daemon was started anew and knows this page no more. @typedef {"connecting" | "live" | "down" | "over"} ConnectionState */

/** The daemon gives a sign of life every 10 s. */
const SILENCE_MS = 25_000;
const LONGEST_WAIT_MS = 8_000;

/**
 * Follows the fleet, and goes on from where it was after a gap. Who looks at a page of an earlier start of the daemon is told so.
 * @param {Ears} ears
 */
export function followFleet(ears) {
  /** @type {EventSource | null} */
  let source = null;
  let last = "";
  let failures = 0;
  let heard = now();

  function connect() {
    source = new EventSource(last === "" ? "/events" : `/events?from=${encodeURIComponent(last)}`);
    source.addEventListener("error", lost);
    on(source, "hello", (/** @type {Hello} */ hello) => {
      failures = 0;
      setNow(hello.now);
      ears.connection("live");
      ears.hello(hello);
    });
    on(source, "fleet", (/** @type {Fleet} */ fleet) => {
      setNow(fleet.now);
      ears.fleet(fleet);
    });
    on(source, "recent", (/** @type {Recent} */ recent) => {
      last = recent.rows.at(-1)?.id ?? last;
      ears.recent(recent);
    });
    on(source, "decision", (/** @type {DecisionRow} */ row) => {
      last = row.id;
      ears.decision(row);
    });
    on(source, "loaded", () => ears.loaded());
    on(source, "beat", setNow);
  }

  /**
   * @template T
   * @param {EventSource} from
   * @param {string} name
   * @param {(data: T) => void} hear
   */
  function on(from, name, hear) {
    from.addEventListener(name, (event) => {
      heard = now();
      hear(JSON.parse(event.data));
    });
  }

  function lost() {
    source?.close();
    source = null;
    const wait = Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures);
    failures += 1;
    setTimeout(probe, failures === 1 ? 0 : wait);
  }

  /** An event stream does not say why it failed; a request does. */
  async function probe() {
    const answer = await fetch("/api/history?span=hour").catch(() => null);
    if (answer?.status === 401) return ears.connection("over");
    if (answer?.ok) return connect();
    ears.connection("down");
    lost();
  }

  setInterval(() => {
    if (source !== null && now() - heard > SILENCE_MS) {
      heard = now();
      lost();
    }
  }, 5_000);
  ears.connection("connecting");
  connect();
}
