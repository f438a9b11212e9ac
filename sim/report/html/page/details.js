import { isoTime } from "../../../../lib/model/time.ts";
import { h, s } from "../../../../lib/web/page/dom.js";
import { clockText } from "../shared/time-text.ts";
import { SHAPES } from "./shapes.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("../shared/model.ts").Mark} Mark */

/** Related events shown at most. */
const RELATED = 8;

/**
 * Everything about the selected mark.
 * @param {HTMLElement} host
 * @param {View} view
 */
export function createDetails(host, view) {
  const show = () => {
    const mark = view.model.marks[view.selected];
    if (mark === undefined) {
      host.replaceChildren(h("p", { class: "hint" }, "Choose an event: click it, or press Tab and the arrow keys."));
      return;
    }
    const times = [
      ["virtual time", clockText(mark.at)],
      ["wall time", isoTime(mark.wall)],
      ["lane", mark.lane],
      ["event", mark.event],
      ...(mark.line === undefined ? [] : [["scenario", `line ${mark.line}`]]),
    ];
    host.replaceChildren(
      h("p", { class: "sentence" }, icon(mark), h("strong", {}, mark.text)),
      list(times, "times"),
      ...(mark.fields.length === 0 ? [] : [h("h3", {}, mark.decision ? "facts of the decision" : "facts"), list(mark.fields, "facts")]),
      ...related(view, mark),
    );
  };
  view.listen((what) => what === "select" && show());
  show();
}

/** @param {Mark} mark */
export function icon({ look }) {
  const { d, tone, hollow, name } = SHAPES[look];
  return s(
    "svg",
    { class: `icon tone-${tone}${hollow ? " hollow" : ""}`, viewBox: "-10 -10 20 20", width: 20, height: 20, "aria-hidden": "true" },
    s("title", {}, name),
    s("path", { d, class: "shape" }),
  );
}

/**
 * @param {readonly (readonly string[])[]} pairs
 * @param {string} name
 */
function list(pairs, name) {
  return h("dl", { class: name }, ...pairs.flatMap(([key = "", value = ""]) => [h("dt", {}, key), h("dd", {}, value)]));
}

/**
 * What else happened to the same message or the same instance.
 * @param {View} view
 * @param {Mark} mark
 */
function related(view, mark) {
  const others = view.model.marks.flatMap((other, index) =>
    other !== mark && other.threads.some((thread) => mark.threads.includes(thread)) ? [index] : [],
  );
  if (others.length === 0) return [];
  const place = others.findIndex((index) => (view.model.marks[index]?.seq ?? 0) > mark.seq);
  const first = Math.max(0, Math.min((place < 0 ? others.length : place) - RELATED / 2, others.length - RELATED));
  const links = others.slice(first, first + RELATED).flatMap((index) => {
    const other = view.model.marks[index];
    if (other === undefined) return [];
    const button = h("button", { type: "button", class: "link", click: () => view.select(index) }, `${clockText(other.at)}  ${other.text}`);
    return [h("li", {}, icon(other), button)];
  });
  return [h("h3", {}, "same message or session"), h("ul", { class: "plain related" }, ...links)];
}
