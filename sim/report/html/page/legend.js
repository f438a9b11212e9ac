import { h } from "../../../../lib/web/page/dom.js";
import { icon } from "./details.js";
import { SHAPES } from "./shapes.js";

/** @typedef {import("./view.js").View} View */

/**
 * The meaning of every shape and bar that this run has.
 * @param {HTMLElement} host
 * @param {View} view
 */
export function createLegend(host, view) {
  const looks = Object.keys(SHAPES).filter((look) => view.model.marks.some((mark) => mark.look === look));
  const states = [...new Set(view.model.bars.filter(({ row }) => row === "state").map(({ state }) => state))];
  host.append(
    ...looks.flatMap((look) => {
      const mark = view.model.marks.find((one) => one.look === look);
      return mark === undefined ? [] : [h("li", {}, icon(mark), SHAPES[mark.look].name)];
    }),
    ...states.map((state) => h("li", {}, h("span", { class: `swatch swatch-${state}` }), state)),
  );
}
