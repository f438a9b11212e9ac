import { s } from "../../../../lib/web/page/dom.js";

/** @typedef {import("./view.js").View} View */

/** Height of one lane, pixels. */
const LANE = 5;

/**
 * The whole run in a strip, with a window over what the timeline shows; press or drag to go there.
 * @param {HTMLElement} host
 * @param {View} view
 */
export function createMinimap(host, view) {
  const lanes = view.model.lanes.filter(({ kind }) => kind !== "world").map(({ id }) => id);
  const height = lanes.length * LANE + 8;
  const bars = s("g");
  const pane = s("rect", { y: 1, height: height - 2, rx: 3, class: "pane" });
  const svg = s("svg", { height, width: "100%", "aria-hidden": "true" }, bars, pane);
  host.append(svg);
  /** @type {import("../shared/axis.ts").Axis | null} */
  let axis = null;
  let scale = 1;

  function draw() {
    const next = host.clientWidth / Math.max(1, view.axis.width);
    if (axis !== view.axis || next !== scale) drawBars(next);
    const whole = view.width / view.scale;
    pane.setAttribute("x", String(view.left * scale));
    pane.setAttribute("width", String(Math.max(4, whole * scale)));
    host.hidden = whole >= view.axis.width;
  }
  /** @param {number} next */
  function drawBars(next) {
    [axis, scale] = [view.axis, next];
    const rows = view.model.bars.flatMap(({ lane, row, state, from, to, fromSeq, toSeq }) => {
      const left = view.axis.unitOf(from, fromSeq) * scale;
      const width = view.axis.unitOf(to, toSeq) * scale - left;
      if (row !== "state" || width <= 0 || state === "asleep") return [];
      return [
        s("rect", { x: left, y: 4 + lanes.indexOf(lane) * LANE, width: Math.max(1, width), height: LANE - 2, class: `bar bar-${state}` }),
      ];
    });
    const failures = view.model.failures.map(({ at, seq }) => {
      const x = view.axis.unitOf(at, seq) * scale;
      return s("line", { x1: x, x2: x, y1: 0, y2: height, class: "failure-line" });
    });
    bars.replaceChildren(...rows, ...failures);
  }
  /** @param {PointerEvent} event */
  const go = (event) => {
    if (event.buttons > 0) view.centre((event.clientX - svg.getBoundingClientRect().left) / scale);
  };
  svg.addEventListener("pointerdown", (event) => {
    svg.setPointerCapture(event.pointerId);
    go(event);
  });
  svg.addEventListener("pointermove", go);
  view.listen((what) => what === "look" && draw());
}
