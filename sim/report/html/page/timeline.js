import { s } from "../../../../lib/web/page/dom.js";
import { drawBackdrop } from "./backdrop.js";
import { drawBars, drawLines, drawMarks } from "./draw.js";
import { gutterOf, placeLanes } from "./layout.js";

/** @typedef {import("./view.js").View} View */

/**
 * The drawing: redrawn whole, but only what is in view, whenever zoom, pan or selection change.
 * @param {HTMLElement} host
 * @param {View} view
 */
export function createTimeline(host, view) {
  const { lanes, height } = placeLanes(view.model.lanes);
  const marksOf = new Map(lanes.map(({ id }) => [id, view.model.marks.flatMap(({ lane }, index) => (lane === id ? [index] : []))]));
  const barsOf = Map.groupBy(view.model.bars, ({ lane }) => lane);
  const plot = s("g", { class: "plot" });
  const over = s("g", { class: "over" });
  const clip = s("rect", { x: 0, y: 0, height });
  const labels = s("g", { class: "labels" });
  const label = `Timeline of ${view.model.marks.length} events in ${lanes.length} lanes. Arrow keys go from event to event.`;
  const svg = s(
    "svg",
    { height, role: "group", "aria-label": label },
    s("defs", {}, ...patterns(), s("clipPath", { id: "clip" }, clip)),
    s("g", { "clip-path": "url(#clip)", class: "inside" }, plot, over),
    labels,
  );
  const [inside] = svg.getElementsByClassName("inside");
  host.append(svg);

  function measure() {
    const width = host.clientWidth;
    if (svg.getAttribute("width") === String(width)) return;
    const gutter = gutterOf(width);
    svg.setAttribute("width", String(width));
    clip.setAttribute("width", String(Math.max(0, width - gutter)));
    inside?.setAttribute("transform", `translate(${gutter} 0)`);
    labels.replaceChildren(...lanes.flatMap((lane) => drawLabel(lane, gutter, width)));
    view.resize(Math.max(50, width - gutter));
  }
  function draw() {
    const focused = plot.contains(document.activeElement);
    const rows = lanes.flatMap((lane) => [
      ...drawBars(view, lane, barsOf.get(lane.id) ?? []),
      ...drawMarks(view, lane, marksOf.get(lane.id) ?? []),
    ]);
    plot.replaceChildren(drawBackdrop(view, height), ...rows);
    drawOver();
    if (view.selected < 0) plot.querySelector("[data-mark]")?.setAttribute("tabindex", "0");
    if (focused) focusSelected();
  }
  const drawOver = () => over.replaceChildren(...drawLines(view, height));
  function focusSelected() {
    const mark = plot.querySelector(`[data-mark="${view.selected}"]`);
    if (mark instanceof SVGElement) mark.focus({ preventScroll: true });
  }
  view.listen((what) => (what === "cursor" ? drawOver() : draw()));
  new ResizeObserver(measure).observe(host);
  measure();
  return { svg, plot, lanes, focusSelected, gutter: () => gutterOf(host.clientWidth) };
}
/** @typedef {ReturnType<typeof createTimeline>} Timeline */

/**
 * @param {import("./layout.js").PlacedLane} lane
 * @param {number} gutter
 * @param {number} width
 */
function drawLabel({ top, height, label, sub, kind }, gutter, width) {
  const most = gutter < 100 ? 9 : 16;
  const short = label.length > most ? `${label.slice(0, most - 1)}…` : label;
  return [
    s("line", { x1: 0, x2: width, y1: top, y2: top, class: "lane-line" }),
    s("text", { x: 10, y: top + height / 2 - 1, class: `lane-name lane-${kind}` }, short, s("title", {}, `${label} ${sub}`)),
    s("text", { x: 10, y: top + height / 2 + 14, class: "lane-sub" }, sub.length > most ? `${sub.slice(0, most - 1)}…` : sub),
  ];
}

function patterns() {
  const stripes = (/** @type {string} */ id, /** @type {number} */ angle) =>
    s(
      "pattern",
      { id, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: `rotate(${angle})` },
      s("rect", { width: 6, height: 6, class: `${id}-ground` }),
      s("rect", { width: 2.2, height: 6, class: `${id}-ink` }),
    );
  return [stripes("stripes-boot", 45), stripes("stripes-held", -45), stripes("stripes-down", 45)];
}
