import { h } from "../../../../lib/web/page/dom.js";
import { clockText } from "../shared/time-text.ts";
import { telling } from "./facts.js";

/** @typedef {import("./view.js").View} View */

/** Facts shown while the pointer rests; the details panel has them all. */
const FACTS = 7;

/**
 * A card beside the mark under the pointer. The one that has the focus shows in the details, where it hides nothing.
 * @param {HTMLElement} card
 * @param {Element} svg
 * @param {View} view
 */
export function createHover(card, svg, view) {
  const hide = () => {
    card.hidden = true;
  };
  /** @param {Event} event */
  const show = (event) => {
    const target = event.target instanceof Element ? event.target.closest("[data-mark]") : null;
    const mark = target === null ? undefined : view.model.marks[Number(target.getAttribute("data-mark"))];
    if (target === null || mark === undefined) {
      hide();
      return;
    }
    const facts = telling(mark)
      .slice(0, FACTS)
      .map(([key, value]) => h("li", {}, h("b", { class: "key" }, key), ` ${value.slice(0, 80)}`));
    card.replaceChildren(h("small", {}, clockText(mark.at)), h("strong", {}, mark.text), h("ul", { class: "plain" }, ...facts));
    card.hidden = false;
    const [box, frame] = [target.getBoundingClientRect(), /** @type {HTMLElement} */ (card.offsetParent).getBoundingClientRect()];
    const left = Math.min(box.left - frame.left + 20, frame.width - card.offsetWidth - 8);
    card.style.left = `${Math.max(4, left)}px`;
    card.style.top = `${box.bottom - frame.top + 6}px`;
  };
  svg.addEventListener("pointerover", show);
  svg.addEventListener("pointerleave", hide);
  view.listen((what) => what === "look" && hide());
}
