import { byId, h } from "../../../../lib/web/page/dom.js";
import { clockText } from "../shared/time-text.ts";
import { icon } from "./details.js";
import { telling } from "./facts.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("../shared/model.ts").Mark} Mark */

/** Rows shown at first; a button shows the rest. */
const AT_FIRST = 300;

/**
 * The list of decisions, or of everything: for reading without the drawing, and for searching.
 * @param {View} view
 */
export function createTable(view) {
  const { marks, lanes } = view.model;
  const names = new Map(lanes.map(({ id, label }) => [id, label]));
  const [text, lane, event, all] = [field("filter-text"), field("filter-lane"), field("filter-event"), field("filter-all")];
  const [body, more] = [byId("rows"), byId("more")];
  const texts = marks.map((mark) => searchText(mark, names.get(mark.lane) ?? ""));
  lane.append(...options([...new Set(marks.map((mark) => mark.lane))], (id) => names.get(id) ?? id));
  event.append(...options([...new Set(marks.map((mark) => mark.event))].sort(), (name) => name));

  /** @param {Mark} mark */
  const chosen = (mark) =>
    (mark.decision || mark.look === "failed" || all.checked) &&
    (lane.value === "" || lane.value === mark.lane) &&
    (event.value === "" || event.value === mark.event);
  /** @param {number} most */
  function show(most) {
    const words = text.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== "");
    const found = [...marks.entries()].filter(([index, mark]) => chosen(mark) && words.every((word) => texts[index]?.includes(word)));
    const rows = found.slice(0, most).map(([index, mark]) => tableRow(view, mark, index, names.get(mark.lane) ?? mark.lane));
    body.replaceChildren(...rows);
    more.hidden = found.length <= most;
    more.textContent = `show the other ${found.length - most}`;
    byId("count").textContent = `${found.length} of ${marks.length} events`;
  }
  for (const input of [text, lane, event, all]) input.addEventListener("input", () => show(AT_FIRST));
  more.addEventListener("click", () => show(marks.length));
  view.listen((what) => {
    if (what !== "select") return;
    body.querySelector(".row-now")?.classList.remove("row-now");
    body.querySelector(`[data-row="${view.selected}"]`)?.classList.add("row-now");
  });
  show(AT_FIRST);
  return { search: () => text.focus() };
}

/**
 * @param {View} view
 * @param {Mark} mark
 * @param {number} index
 * @param {string} name
 */
function tableRow(view, mark, index, name) {
  const choose = () => view.select(index);
  const time = h("button", { type: "button", class: "link", click: choose }, clockText(mark.at));
  return h(
    "tr",
    { class: rowClass(view, mark, index), "data-row": index },
    h("td", { class: "time" }, time),
    h("td", { class: "peer" }, name),
    h("td", { class: "event" }, icon(mark), mark.event),
    h("td", {}, mark.text),
    h("td", { class: "row-facts" }, factsText(mark)),
  );
}

/**
 * @param {View} view
 * @param {Mark} mark
 * @param {number} index
 */
function rowClass({ selected }, mark, index) {
  return [mark.look === "failed" ? "row-failed" : "", index === selected ? "row-now" : ""].join(" ").trim();
}

/**
 * Facts in a row: without what the other columns say, and without ids.
 * @param {Mark} mark
 */
function factsText(mark) {
  return telling(mark)
    .map(([key, value]) => `${key}=${value}`)
    .join("  ");
}

/**
 * @param {Mark} mark
 * @param {string} name
 */
function searchText({ event, text, fields }, name) {
  return [name, event, text, ...fields.map(([key, value]) => `${key}=${value}`)].join(" ").toLowerCase();
}

/**
 * @param {string[]} values
 * @param {(value: string) => string} nameOf
 */
function options(values, nameOf) {
  return values.map((value) => h("option", { value }, nameOf(value)));
}

/** @param {string} id */
function field(id) {
  return /** @type {HTMLInputElement} */ (byId(id));
}
