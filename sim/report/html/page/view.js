import { lastSeqAt } from "../shared/as-of.ts";
import { buildAxis } from "../shared/axis.ts";

/** @typedef {import("../shared/model.ts").PageModel} PageModel */
/** @typedef {import("./contract.ts").View} View */

/** Smallest and largest zoom, pixels per unit of the axis; at READABLE marks stand side by side, below CROWDED most hide behind a number. */
const [LEAST, MOST, READABLE, CROWDED] = [0.002, 60, 0.8, 0.36];
/** Room left and right of the run, pixels. */
const MARGIN = 18;
/** Gaps at least this long are folded unless the reader chooses otherwise, virtual ms. */
export const FOLD_FROM = 30_000;

/**
 * What the reader looks at, at first the whole run.
 * @param {PageModel} model
 */
export function createView(model) {
  /** @type {((what: import("./contract.ts").ViewChange) => void)[]} */
  const listeners = [];
  /** @type {View} */
  const view = {
    model,
    axis: axisOf(model, FOLD_FROM),
    width: 0,
    scale: 1,
    left: 0,
    selected: -1,
    cursor: { at: model.endMs, seq: model.steps.at(-1)?.[1] ?? -1 },
    listen: (listener) => void listeners.push(listener),
    toPx: (unit) => (unit - view.left) * view.scale,
    toUnit: (px) => view.left + px / view.scale,
    fitScale: () => Math.min(3, (view.width - 2 * MARGIN) / Math.max(1, view.axis.width)),

    resize(width) {
      const first = view.width === 0;
      view.width = width;
      if (first) begin();
      else look();
    },
    fit() {
      view.scale = view.fitScale();
      view.left = -MARGIN / view.scale;
      look();
    },
    zoom(factor, px = view.width / 2) {
      const unit = view.toUnit(px);
      view.scale = Math.min(MOST, Math.max(Math.min(LEAST, view.fitScale()), view.scale * factor));
      view.left = unit - px / view.scale;
      look();
    },
    pan(px) {
      view.left += px / view.scale;
      look();
    },
    centre(unit) {
      view.left = unit - view.width / 2 / view.scale;
      look();
    },
    show(from, to) {
      view.scale = Math.min(MOST, (view.width * 0.6) / Math.max(1, to - from));
      view.centre((from + to) / 2);
    },
    fold(foldMs) {
      view.axis = axisOf(model, foldMs);
      view.fit();
    },
    select(index) {
      const mark = model.marks[index];
      if (mark === undefined) return;
      view.selected = index;
      view.cursor = { at: mark.at, seq: mark.seq };
      const px = view.toPx(view.axis.unitOf(mark.at, mark.seq));
      if (px < 24 || px > view.width - 24) view.centre(view.axis.unitOf(mark.at, mark.seq));
      tell("select");
      tell("cursor");
    },
    moveCursor(point) {
      view.cursor = { at: point.at, seq: point.seq ?? lastSeqAt(model.steps, point.at) };
      tell("cursor");
    },
    stepCursor(direction) {
      const { marks } = model;
      const { seq } = view.cursor;
      const index = direction > 0 ? marks.findIndex((mark) => mark.seq > seq) : marks.findLastIndex((mark) => mark.seq < seq);
      if (index >= 0) view.select(index);
    },
  };

  function begin() {
    view.scale = view.fitScale();
    if (view.scale < CROWDED) view.scale = READABLE;
    view.left = -MARGIN / view.scale;
    look();
  }
  function look() {
    const slack = MARGIN / view.scale;
    const last = view.axis.width + slack - view.width / view.scale;
    view.left = Math.max(-slack, Math.min(view.left, Math.max(-slack, last)));
    tell("look");
  }
  /** @param {import("./contract.ts").ViewChange} what */
  function tell(what) {
    for (const listener of listeners) listener(what);
  }
  return view;
}
/**
 * @param {PageModel} model
 * @param {number} foldMs
 */
function axisOf({ marks, bars, shades, endMs }, foldMs) {
  const edges = [...bars, ...shades.filter(({ kind }) => kind !== "suspend")].flatMap(({ from, to }) => [from, to]);
  const suspends = shades.filter(({ kind }) => kind === "suspend").map(({ to }) => to);
  return buildAxis(marks, [...edges, ...suspends], endMs, foldMs);
}
