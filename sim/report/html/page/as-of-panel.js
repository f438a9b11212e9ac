import { isoTime } from "../../../../lib/model/time.ts";
import { h } from "../../../../lib/web/page/dom.js";
import { asOf } from "../shared/as-of.ts";
import { clockText, spanText } from "../shared/time-text.ts";

/** @typedef {import("./view.js").View} View */
/** @typedef {ReadonlyMap<string, import("../shared/as-of.ts").Held>} Values */

/** Timers shown at most. */
const TIMERS = 8;

/**
 * What is so at the cursor: every peer's state, files, waiting messages, and the daemon's timers.
 * @param {HTMLElement} host
 * @param {HTMLElement} heading
 * @param {View} view
 */
export function createAsOfPanel(host, heading, view) {
  const show = () => {
    const { model, cursor } = view;
    const state = asOf(model.changes, model.timers, cursor.seq);
    heading.textContent = `As of ${clockText(cursor.at)}`;
    const lanes = model.lanes.filter(({ kind }) => kind !== "world");
    host.replaceChildren(
      h("p", { class: "wall" }, `wall clock ${isoTime(wallAt(view))}`),
      ...lanes.map((lane) => laneBlock(lane, state.lanes.get(lane.id) ?? new Map(), cursor.at)),
      ...timerBlock(state.timers, cursor.at),
    );
  };
  view.listen((what) => what === "cursor" && show());
  show();
}

/** The wall clock may have been stepped: the last event tells how far it is from virtual time. @param {View} view */
function wallAt({ model, cursor }) {
  const last = model.marks.findLast(({ seq }) => seq <= cursor.seq);
  return last === undefined ? model.startMs + cursor.at : last.wall + cursor.at - last.at;
}

/**
 * @param {import("../shared/model.ts").Lane} lane
 * @param {Values} values
 * @param {number} now
 */
function laneBlock(lane, values, now) {
  const state = values.get("state");
  const rows = [
    ...row("last wake", values.get("wake")?.value),
    ...row("instance", values.get("instance")?.value.slice(0, 8)),
    ...row("attached", values.get("attached")?.value),
    ...row("incarnation", values.get("incarnation")?.value),
    ...chips("on disk", values, "file:", now),
    ...chips("waiting", values, "message:", now),
  ];
  return h(
    "section",
    { class: "as-of-lane", "data-lane": lane.id, "aria-label": lane.label },
    h(
      "h3",
      {},
      lane.label,
      h("span", { class: `state state-${state?.value ?? "none"}` }, state?.value ?? "?"),
      h("small", {}, state === undefined || now === state.since ? "" : `for ${spanText(now - state.since)}`),
    ),
    h("dl", {}, ...rows),
  );
}

/**
 * @param {string} name
 * @param {string | undefined} value
 */
function row(name, value) {
  return value === undefined || value === "" ? [] : [h("dt", {}, name), h("dd", {}, value)];
}

/**
 * @param {string} name
 * @param {Values} values
 * @param {string} prefix
 * @param {number} now
 */
function chips(name, values, prefix, now) {
  const own = [...values].filter(([key]) => key.startsWith(prefix)).sort(([left], [right]) => (left < right ? -1 : 1));
  if (own.length === 0) return [];
  const list = own.map(([key, { value, since }]) => {
    const text = prefix === "file:" ? `${key.slice(prefix.length)}${value === "present" ? "" : ` ${value}`}` : value;
    return h("span", { class: "chip", title: `since ${clockText(since)} (${spanText(now - since)} ago)` }, text);
  });
  return [h("dt", {}, name), h("dd", {}, ...list)];
}

/**
 * @param {readonly import("../shared/model.ts").TimerSpan[]} timers
 * @param {number} now
 */
function timerBlock(timers, now) {
  if (timers.length === 0) return [];
  const items = timers.slice(0, TIMERS).map(({ dueAt, setAt, label }) => {
    const due = dueAt >= now ? `in ${spanText(dueAt - now)}` : `${spanText(now - dueAt)} overdue`;
    return h("li", { title: `set at ${clockText(setAt)}` }, h("b", {}, due), ` at ${clockText(dueAt)}`, h("small", {}, label));
  });
  const more = timers.length > TIMERS ? [h("li", {}, `and ${timers.length - TIMERS} more`)] : [];
  return [h("section", { class: "timers" }, h("h3", {}, "pending timers"), h("ul", { class: "plain" }, ...items, ...more))];
}
