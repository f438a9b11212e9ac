import { h } from "../../../../lib/web/page/dom.js";

/** @typedef {import("./view.js").View} View */

/**
 * The scenario's text, with the line of the selected event highlighted; a line that did something leads to it.
 * @param {HTMLElement} host
 * @param {View} view
 */
export function createSource(host, view) {
  const { model } = view;
  /** @type {Map<number, number>} */
  const marks = new Map();
  model.marks.forEach(({ line }, index) => {
    if (line !== undefined && !marks.has(line)) marks.set(line, index);
  });
  const failed = new Set(model.failures.map(({ line }) => line));
  const lines = model.source
    .replace(/\n$/, "")
    .split("\n")
    .map((text, index) => {
      const number = index + 1;
      const target = marks.get(number);
      const classes = ["line", failed.has(number) ? "line-failed" : "", target === undefined ? "" : "line-linked"];
      const gutter =
        target === undefined
          ? h("span", { class: "number" }, String(number))
          : h(
              "button",
              { type: "button", class: "number", "aria-label": `line ${number}: show on the timeline`, click: () => view.select(target) },
              String(number),
            );
      return h("div", { class: classes.join(" ").trim(), "data-line": number }, gutter, h("code", {}, ...coloured(text)));
    });
  host.replaceChildren(...lines);
  view.listen((what) => {
    if (what !== "select") return;
    const line = model.marks[view.selected]?.line;
    for (const element of lines) element.classList.toggle("line-now", Number(element.dataset["line"]) === line);
    const now = line === undefined ? undefined : lines[line - 1];
    if (now !== undefined) host.scrollTop = now.offsetTop - host.offsetTop - host.clientHeight / 2;
  });
}

/**
 * Keys and comments told apart, no more.
 * @param {string} text
 * @returns {(Node | string)[]}
 */
function coloured(text) {
  const hash = /(^|\s)#/.exec(text);
  const comment = hash === null ? text.length : hash.index + (hash[1]?.length ?? 0);
  const [code, rest] = [text.slice(0, comment), text.slice(comment)];
  const key = /^(\s*(?:- )?)([\w.-]+:)/.exec(code);
  const body = key === null ? [code] : [key[1] ?? "", h("span", { class: "yaml-key" }, key[2] ?? ""), code.slice(key[0].length)];
  return rest === "" ? body : [...body, h("span", { class: "yaml-comment" }, rest)];
}
