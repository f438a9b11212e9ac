import { s } from "../../../../lib/web/page/dom.js";
import { FOLD } from "../shared/axis.ts";
import { clockText, spanText } from "../shared/time-text.ts";
import { RULER } from "./layout.js";

/** @typedef {import("./view.js").View} View */

/** Room that one label of the ruler needs, pixels. */
const LABEL = 66;

/**
 * Ruler, folds and shaded stretches: what lies behind every lane.
 * @param {View} view
 * @param {number} height
 */
export function drawBackdrop(view, height) {
  return s("g", { class: "backdrop" }, ...drawTicks(view, height), ...drawFolds(view, height), ...drawShades(view, height));
}

/**
 * @param {View} view
 * @param {number} height
 */
function drawShades({ axis, model, toPx, width }, height) {
  return model.shades.flatMap(({ kind, from, to, fromSeq, toSeq, label }) => {
    const left = Math.max(-2, toPx(axis.unitOf(from, fromSeq)));
    const right = Math.min(width + 2, toPx(kind === "suspend" ? axis.unitOf(to, -1) : axis.unitOf(to, toSeq)));
    if (right <= left) return [];
    const text = s("text", { x: left + 6, y: height - 10, class: "shade-text" }, label);
    const area = s(
      "rect",
      { x: left, y: RULER, width: right - left, height: height - RULER, class: `shade shade-${kind}` },
      s("title", {}, label),
    );
    return right - left > label.length * 6.2 ? [area, text] : [area];
  });
}

/**
 * Folded gaps, each with its length where there is room.
 * @param {View} view
 * @param {number} height
 */
function drawFolds({ axis, toPx, scale, width }, height) {
  const top = RULER - 8;
  const wide = FOLD * scale;
  let taken = Number.NEGATIVE_INFINITY;
  return axis.folds.flatMap(({ unit, from, to }) => {
    const left = toPx(unit);
    if (left + wide < 0 || left > width) return [];
    const label = spanText(to - from);
    const [middle, half] = [left + wide / 2, label.length * 3.3];
    const area = { x: left, y: top, width: wide, height: height - top, class: "fold" };
    const parts = [
      s("rect", area, s("title", {}, `nothing for ${label}`)),
      s("path", { d: zigzag(left, top, height) + zigzag(left + wide, top, height), class: "fold-edge" }),
    ];
    if (middle - half <= taken) return parts;
    taken = middle + half + 3;
    return [...parts, s("text", { x: middle, y: top - 5, class: "fold-text" }, label)];
  });
}

/**
 * @param {number} x
 * @param {number} top
 * @param {number} bottom
 */
function zigzag(x, top, bottom) {
  let d = `M${x} ${top}`;
  for (let y = top, side = 1; y < bottom; y += 7, side = -side) d += `l${side * 2.5} 7`;
  return d;
}

/** Times on the ruler: those after a fold first, then whatever there is room for.
 * @param {View} view
 * @param {number} height
 */
function drawTicks({ axis, toPx, width }, height) {
  const resumed = new Set([0, ...axis.folds.map(({ to }) => to)]);
  const shown = axis.instants.map(({ at, unit }) => ({ at, x: toPx(unit) })).filter(({ x }) => x > -4 && x < width - 20);
  /** @type {{ at: number, x: number }[]} */
  const labelled = [];
  for (const first of [true, false]) {
    for (const tick of shown) {
      if (resumed.has(tick.at) === first && labelled.every(({ x }) => Math.abs(x - tick.x) >= LABEL)) labelled.push(tick);
    }
  }
  return labelled.flatMap(({ at, x }) => [
    s("line", { x1: x, x2: x, y1: RULER - 7, y2: height, class: "tick" }),
    s("text", { x: x + 3, y: 12, class: "tick-text" }, clockText(at)),
  ]);
}
