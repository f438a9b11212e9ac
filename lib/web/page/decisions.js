import { byId, h } from "./dom.js";
import { icon } from "./icon.js";
import { momentText } from "./time.js";

/** @typedef {import("../contract.ts").DecisionRow} DecisionRow */

/** Rows on the page at most; older ones can be asked for. */
const MOST = 600;
const AT_ONCE = 100;
/** Always offered, also before the first of them. */
const USUAL = ["wake", "launch", "exit", "supervise", "deliver", "hold", "daemon"];

/** The latest decisions, newest first; new ones come in by themselves. */
export function createDecisions() {
  const [body, older, clear, count] = [byId("decisions"), byId("older"), byId("filter-clear"), byId("decisions-count")];
  const [who, ev] = [select("filter-who"), select("filter-ev")];
  const names = { who: options(who), ev: options(ev) };
  for (const name of USUAL) names.ev.add(name);
  /** The answer to an earlier choice may come late. */
  let asked = 0;

  const wanted = (/** @type {DecisionRow} */ row) =>
    (who.value === "" || row.who === who.value) && (ev.value === "" || row.ev === ev.value);

  /** @param {readonly DecisionRow[]} rows newest last */
  function learn(rows) {
    for (const row of rows) {
      if (row.who !== "") names.who.add(row.who);
      names.ev.add(row.ev);
    }
  }

  function say() {
    const filtered = who.value !== "" || ev.value !== "";
    clear.hidden = !filtered;
    count.textContent = `${body.querySelectorAll("tr[data-id]").length} shown${filtered ? ", filtered" : ""}`;
  }

  /** @param {import("../contract.ts").Recent} recent */
  function replace({ rows, more }) {
    learn(rows);
    body.replaceChildren(...[...rows].reverse().map(decisionRow));
    older.hidden = !more;
    say();
  }

  /** @param {boolean} goOn */
  async function ask(goOn) {
    asked += 1;
    const mine = asked;
    const before = goOn ? lastId(body) : "";
    const query = new URLSearchParams({ limit: String(AT_ONCE), who: who.value, ev: ev.value, ...(before !== "" && { before }) });
    const answer = await fetch(`/api/decisions?${query}`).catch(() => null);
    if (mine !== asked || !answer?.ok) return;
    const found = await answer.json();
    if (!goOn) return replace(found);
    learn(found.rows);
    body.append(...found.rows.reverse().map(decisionRow));
    older.hidden = !found.more;
    say();
  }

  for (const field of [who, ev]) field.addEventListener("change", () => ask(false));
  older.addEventListener("click", () => ask(true));
  clear.addEventListener("click", () => {
    [who.value, ev.value] = ["", ""];
    who.focus();
    ask(false);
  });
  listenToArrows(body);
  return {
    /** @param {import("../contract.ts").Recent} recent */
    recent(recent) {
      if (who.value === "" && ev.value === "") replace(recent);
      else {
        learn(recent.rows);
        ask(false);
      }
    },
    /** @param {DecisionRow} row */
    add(row) {
      learn([row]);
      if (!wanted(row)) return;
      const made = decisionRow(row);
      made.classList.add("row-new");
      body.prepend(made);
      if (trim(body)) older.hidden = false;
      say();
    },
    /** @param {readonly import("../contract.ts").PeerRow[]} peers */
    peers(peers) {
      for (const { identity } of peers) names.who.add(identity);
    },
    /** @param {string} identity */
    only(identity) {
      names.who.add(identity);
      who.value = identity;
      ev.value = "";
      ask(false);
      byId("decisions-title").scrollIntoView({ block: "start" });
      who.focus({ preventScroll: true });
    },
    focusFilter: () => who.focus(),
  };
}

/** @param {DecisionRow} row */
function decisionRow(row) {
  const open = h("button", { type: "button", class: "link", "aria-expanded": "false" }, momentText(row.at));
  const line = h(
    "tr",
    { "data-id": row.id },
    h("td", { class: "time" }, open),
    h("td", { class: "peer" }, row.who),
    h("td", { class: "event" }, icon(row.look), row.ev),
    h("td", { class: "what" }, row.text),
  );
  const toggle = () => {
    const next = line.nextElementSibling;
    const isOpen = next?.matches(".facts-row") === true;
    if (isOpen) next?.remove();
    else line.after(factsRow(row));
    open.setAttribute("aria-expanded", String(!isOpen));
    line.classList.toggle("row-now", !isOpen);
  };
  line.addEventListener("click", () => {
    if (String(getSelection()) === "") toggle();
  });
  return line;
}

/** All facts of a decision, and for a wake the sentence of the table. @param {DecisionRow} row */
function factsRow(row) {
  const facts = [["at", new Date(row.at).toISOString()], ...row.facts];
  return h(
    "tr",
    { class: "facts-row" },
    h(
      "td",
      { colspan: 4 },
      ...(row.row === null ? [] : [h("p", { class: "sentence" }, icon(row.look), h("strong", {}, row.row))]),
      h("dl", { class: "facts" }, ...facts.map(([key = "", value = ""]) => h("div", {}, h("dt", {}, key), h("dd", {}, value)))),
    ),
  );
}

/** @param {HTMLElement} body */
function lastId(body) {
  const rows = body.querySelectorAll("tr[data-id]");
  return rows[rows.length - 1]?.getAttribute("data-id") ?? "";
}

/** Rows beyond the most that a page holds leave, with their facts. @param {HTMLElement} body */
function trim(body) {
  const rows = [...body.querySelectorAll("tr[data-id]")].slice(MOST);
  for (const row of rows) {
    if (row.nextElementSibling?.matches(".facts-row")) row.nextElementSibling.remove();
    row.remove();
  }
  return rows.length > 0;
}

/** Up and down go from decision to decision. @param {HTMLElement} body */
function listenToArrows(body) {
  body.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const buttons = [...body.querySelectorAll("button")];
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const next = buttons[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    next.focus();
  });
}

/** @param {string} id */
function select(id) {
  return /** @type {HTMLSelectElement} */ (byId(id));
}

/** Options that grow, in order. @param {HTMLSelectElement} field */
function options(field) {
  const known = new Set();
  return {
    /** @param {string} name */
    add(name) {
      if (known.has(name)) return;
      known.add(name);
      const after = [...field.options].slice(1).find((option) => option.value > name);
      field.insertBefore(h("option", { value: name }, name), after ?? null);
    },
  };
}
