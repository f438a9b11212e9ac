import { h } from "../../../../lib/web/page/dom.js";
import { clockText } from "../shared/time-text.ts";

/** @typedef {import("./view.js").View} View */

/**
 * What does not hold, each with what was expected and what came.
 * @param {HTMLElement} host
 * @param {View} view
 */
export function createFailures(host, view) {
  const cards = view.model.failures.map((failure) => {
    const index = view.model.marks.findIndex(({ seq, look }) => look === "failed" && seq === failure.seq);
    const records = failure.records.map(({ at, text, nearest, differs }) =>
      h("li", { class: nearest ? "nearest" : "" }, `${clockText(at)}  ${text}`, ...(differs === "" ? [] : [h("em", {}, ` ${differs}`)])),
    );
    return h(
      "article",
      { class: "failure" },
      h("h3", {}, failure.headline),
      h(
        "p",
        { class: "where" },
        `${failure.part} at ${clockText(failure.at)}, line ${failure.line} `,
        h("button", { type: "button", class: "link", click: () => view.select(index) }, "show on the timeline"),
      ),
      h("div", { class: "versus" }, side("expected", failure.expected), side("got", failure.got)),
      ...(records.length === 0
        ? []
        : [h("details", {}, h("summary", {}, "records that came"), h("ul", { class: "plain records" }, ...records))]),
      ...(failure.peers.length === 0 ? [] : [h("ul", { class: "plain records" }, ...failure.peers.map((line) => h("li", {}, line)))]),
    );
  });
  host.hidden = cards.length === 0;
  host.append(...cards);
}

/**
 * @param {string} name
 * @param {string} text
 */
function side(name, text) {
  return h("div", { class: name }, h("b", { class: `side-${name}` }, name), h("pre", {}, text));
}
