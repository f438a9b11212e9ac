import { modeLook } from "./causes.js";
import { byId, h } from "./dom.js";
import { icon } from "./icon.js";
import { momentText, now, spanText } from "./time.js";

/** @typedef {import("../contract.ts").PeerRow} PeerRow */
/** @typedef {{ row: HTMLElement, cells: HTMLElement[], peer: PeerRow, said: string }} Shown */

/** What needs a person comes first. */
const ORDER = ["waiting", "held", "booting", "alive", "stopped", "asleep"];

/**
 * One row per peer. A row stays the same element while its peer is there, so that the focus stays where it is.
 * @param {(identity: string) => void} choose
 */
export function createPeers(choose) {
  const [body, count, none] = [byId("peers"), byId("peers-count"), byId("no-peers")];
  /** @type {Map<string, Shown>} */
  const shown = new Map();

  /** @param {PeerRow} peer */
  function rowOf(peer) {
    const known = shown.get(peer.identity);
    if (known !== undefined) return Object.assign(known, { peer });
    const name = h(
      "button",
      { type: "button", class: "link", title: "only its decisions", click: () => choose(peer.identity) },
      peer.personality,
    );
    const head = h(
      "th",
      { scope: "row" },
      name,
      " ",
      h("small", {}, peer.kind === "conversational" ? `${peer.runtime} · talks` : peer.runtime),
    );
    const cells = ["state", "last wake", "waiting", "doing"].map((label, index) =>
      h("td", { "data-label": label, ...(index > 1 && { class: "plainly" }) }),
    );
    const made = { row: h("tr", { "data-peer": peer.identity }, head, ...cells), cells, peer, said: "" };
    shown.set(peer.identity, made);
    return made;
  }

  /** @param {readonly PeerRow[]} peers */
  function show(peers) {
    const focused = document.activeElement;
    for (const identity of [...shown.keys()]) if (!peers.some((peer) => peer.identity === identity)) shown.delete(identity);
    const rows = [...peers].sort(byNeed).map((peer) => rowOf(peer).row);
    if (rows.length !== body.children.length || rows.some((row, index) => body.children[index] !== row)) {
      body.replaceChildren(...rows);
      if (focused instanceof HTMLElement && focused !== document.activeElement && body.contains(focused))
        focused.focus({ preventScroll: true });
    }
    count.textContent = peers.length === 0 ? "" : peers.length === 1 ? "1 peer" : `${peers.length} peers`;
    none.hidden = peers.length > 0;
    refresh();
  }

  /** Durations go on by themselves; what reads the same is left alone. */
  function refresh() {
    for (const known of shown.values()) {
      const texts = textsOf(known.peer);
      const said = JSON.stringify([known.peer.state, known.peer.lastWake?.mode, texts]);
      if (said === known.said) continue;
      known.said = said;
      fill(known.cells, known.peer, texts);
    }
  }
  setInterval(refresh, 1_000);
  return { show };
}

/**
 * @param {PeerRow} a
 * @param {PeerRow} b
 */
function byNeed(a, b) {
  return ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || (a.identity < b.identity ? -1 : 1);
}

/** @param {PeerRow} peer */
function textsOf(peer) {
  const { since, heldUntil, lastWake, waiting, oldestAt, managedBy, activity, idleSince, deaths } = peer;
  const ago = (/** @type {number} */ at) => spanText(now() - at);
  const held = heldUntil === null ? "" : heldUntil > now() ? `${spanText(heldUntil - now())} left` : "may be probed now";
  const doing =
    managedBy !== null
      ? `owned by ${managedBy}`
      : activity === null
        ? ""
        : `${activity}${idleSince === null || activity === "busy" ? "" : ` for ${ago(idleSince)}`}`;
  return {
    since: since === null ? "" : `for ${ago(since)}`,
    held,
    words: lastWake === null ? "never" : lastWake.words,
    wake: lastWake === null ? "" : `${lastWake.mode}${lastWake.at === null ? "" : ` · ${ago(lastWake.at)} ago`}`,
    wakeAt: lastWake?.at == null ? "" : momentText(lastWake.at),
    waiting: waiting === 0 ? "–" : `${waiting}${oldestAt === null ? "" : `, oldest ${ago(oldestAt)}`}`,
    doing: doing === "" ? "–" : doing,
    deaths: deaths === 0 ? "" : deaths === 1 ? "1 death counted" : `${deaths} deaths counted`,
  };
}

/**
 * @param {HTMLElement[]} cells
 * @param {PeerRow} peer
 * @param {ReturnType<typeof textsOf>} texts
 */
function fill([state, wake, waiting, doing], peer, texts) {
  const { lastWake } = peer;
  state?.replaceChildren(
    h("span", { class: `state state-${peer.state}` }, peer.state),
    " ",
    h("small", { class: "state-facts" }, [texts.since, texts.held, texts.deaths].filter((text) => text !== "").join(" · ")),
  );
  wake?.replaceChildren(
    ...(lastWake === null ? [] : [icon(modeLook(lastWake.mode))]),
    h("span", {}, texts.words),
    " ",
    h("small", { title: texts.wakeAt }, texts.wake),
  );
  waiting?.replaceChildren(texts.waiting);
  waiting?.classList.toggle("some", peer.waiting > 0);
  doing?.replaceChildren(texts.doing);
  for (const [cell, text] of /** @type {const} */ ([
    [waiting, texts.waiting],
    [doing, texts.doing],
  ]))
    cell?.classList.toggle("empty", text === "–");
}
