import { createBars } from "./bars.js";
import { createDecisions } from "./decisions.js";
import { byId, h } from "./dom.js";
import { listenToKeys } from "./keys.js";
import { createLatency } from "./latency.js";
import { createNumbers } from "./numbers.js";
import { createPeers } from "./peers.js";
import { followFleet } from "./stream.js";
import { themeButton } from "./theme.js";
import { createTrouble } from "./trouble.js";

const THEME = "iapeer-theme";
/** Events that change a chart. */
const CHARTED = ["wake", "launch", "deliver"];
const SOON_MS = 1_000;
const EVERY_MS = 60_000;

/** Puts the page together and keeps it up to date. */
function main() {
  const [bars, latencies] = [createBars(), /** @type {const} */ (["wake", "launch", "delivery"]).map(createLatency)];
  const charts = [bars, ...latencies];
  const repaint = () => {
    for (const chart of charts) chart.repaint();
  };
  themeButton(byId("theme"), {
    first: localStorage.getItem(THEME),
    changed: (choice) => {
      localStorage.setItem(THEME, choice);
      repaint();
    },
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  const [numbers, decisions, trouble] = [createNumbers(byId("numbers")), createDecisions(), createTrouble()];
  const peers = createPeers(decisions.only);
  const history = createHistory((found) => {
    for (const chart of charts) chart.show(found);
  });
  followFleet({
    hello: ({ version, root, loaded }) => {
      byId("version").textContent = version;
      byId("root").textContent = root;
      if (loaded) history.ask();
    },
    fleet: (fleet) => {
      peers.show(fleet.peers);
      numbers.show(fleet.numbers);
      decisions.peers(fleet.peers);
      document.documentElement.dataset["ready"] = "yes";
    },
    recent: decisions.recent,
    decision: (row) => {
      decisions.add(row);
      if (CHARTED.includes(row.ev)) history.soon();
    },
    loaded: () => void history.ask(),
    connection: trouble.show,
  });
  const help = /** @type {HTMLDialogElement} */ (byId("help"));
  byId("show-help").addEventListener("click", () => help.showModal());
  listenToKeys({
    "?": () => help.showModal(),
    "/": decisions.focusFilter,
    t: () => byId("theme").click(),
    1: () => history.choose("hour"),
    2: () => history.choose("day"),
    3: () => history.choose("week"),
  });
}

/** @typedef {import("../contract.ts").SpanName} SpanName */

/**
 * What the charts show: asked for when something has changed, not more often than makes sense.
 * @param {(history: import("../contract.ts").History) => void} show
 */
function createHistory(show) {
  /** @type {SpanName} */
  let span = "day";
  let waiting = false;
  /** @type {SpanName[]} */
  const names = ["hour", "day", "week"];
  const buttons = names.map((name) => h("button", { type: "button", click: () => choose(name) }, name));
  byId("spans").replaceChildren(...buttons);

  async function ask() {
    const asked = span;
    const answer = await fetch(`/api/history?span=${span}`).catch(() => null);
    if (!answer?.ok || asked !== span) return;
    const history = await answer.json();
    const note = byId("history-note");
    note.hidden = history.note === "";
    note.textContent = history.note;
    show(history);
    document.documentElement.dataset["charts"] = span;
  }
  /** @param {SpanName} name */
  function choose(name) {
    span = name;
    for (const [index, button] of buttons.entries()) button.setAttribute("aria-pressed", String(names[index] === name));
    return ask();
  }
  function soon() {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      ask();
    }, SOON_MS);
  }
  choose(span);
  setInterval(ask, EVERY_MS);
  return { ask, soon, choose };
}

main();
