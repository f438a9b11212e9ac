import { s } from "../../../../lib/web/page/dom.js";
import { clockText } from "../shared/time-text.ts";
import { RULER } from "./layout.js";
import { SHAPES } from "./shapes.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./layout.js").PlacedLane} PlacedLane */

/** Marks nearer to each other than SIDE_BY_SIDE, in pixels, stand in two rows; nearer than TOUCHING, they are drawn as one. */
const [SIDE_BY_SIDE, TOUCHING, ROW] = [15, 6.4, 8.5];
/**
 * Heights of the bars by state: not by colour alone.
 * @type {Record<string, number>}
 */
const THICK = { working: 18, idle: 10, booting: 18, waiting: 18, held: 18, stopped: 8, asleep: 3, up: 8, starting: 8, paused: 8, down: 2 };

/**
 * Bars of a lane in view. Those too narrow to see stand in for the ones right beside them.
 * @param {View} view
 * @param {PlacedLane} lane
 * @param {readonly import("../shared/model.ts").Bar[]} bars of the lane, in order
 */
export function drawBars({ axis, toPx, width }, lane, bars) {
  let drawn = Number.NEGATIVE_INFINITY;
  return bars.flatMap((bar) => {
    const left = Math.max(-3, toPx(axis.unitOf(bar.from, bar.fromSeq)));
    const right = Math.min(width + 3, toPx(axis.unitOf(bar.to, bar.toSeq)));
    if (right < 0 || left > width || right - left < 0.2 || (bar.row === "state" && right < drawn + 1)) return [];
    if (bar.row === "state") drawn = right;
    return drawBar(bar, lane, left, right);
  });
}

/**
 * @param {import("../shared/model.ts").Bar} bar
 * @param {PlacedLane} lane
 * @param {number} left
 * @param {number} right
 */
function drawBar(bar, lane, left, right) {
  const person = bar.row === "attached";
  const height = person ? 4 : (THICK[bar.state] ?? 10);
  const y = person ? lane.barY + 12 : lane.barY - height / 2;
  const name = person ? "a person is attached" : bar.state;
  const width = Math.max(1, right - left);
  const kind = person ? "person" : bar.state;
  const title = width < 4 ? [] : [s("title", {}, `${lane.label}: ${name} from ${clockText(bar.from)} to ${clockText(bar.to)}`)];
  const box = s("rect", { x: left, y, width, height, rx: Math.min(3, height / 2), class: `bar bar-${kind}` }, ...title);
  const roomy = !person && height > 9 && width > bar.state.length * 6.4 + 8;
  return roomy ? [box, s("text", { x: left + 6, y: lane.barY + 3.6, class: `bar-text bar-text-${bar.state}` }, bar.state)] : [box];
}

/**
 * Marks of a lane in view; those that would cover each other become one with a number on it.
 * @param {View} view
 * @param {PlacedLane} lane
 * @param {readonly number[]} indexes of the lane's marks, in order
 */
export function drawMarks(view, lane, indexes) {
  /** @type {{ x: number, members: number[] }[]} */
  const groups = [];
  for (const index of indexes) {
    const mark = view.model.marks[index];
    if (mark === undefined) continue;
    const x = view.toPx(view.axis.unitOf(mark.at, mark.seq));
    if (x < -10 || x > view.width + 10) continue;
    const last = groups.at(-1);
    if (last !== undefined && x - last.x < TOUCHING) last.members.push(index);
    else groups.push({ x, members: [index] });
  }
  const rows = rowsOf(groups.map(({ x }) => x));
  return groups.flatMap(({ x, members }, place) => {
    const [only] = members;
    const y = lane.markY + (rows[place] ?? 0) * ROW;
    if (members.length === 1 && only !== undefined) return [drawMark(view, lane, only, x, y)];
    const chosen = members.includes(view.selected) ? [drawMark(view, lane, view.selected, x, y)] : [];
    return [drawGroup(view, lane, members, x, y), ...chosen];
  });
}

/**
 * Rows of things at these places, from left to right: 0 is the middle; those that crowd go up (-1) and down (1) in turn.
 * @param {number[]} xs
 */
function rowsOf(xs) {
  /** @type {number[]} */
  const rows = [];
  for (const [index, x] of xs.entries()) {
    const crowded = x - (xs[index - 1] ?? Number.NEGATIVE_INFINITY) < SIDE_BY_SIDE;
    const crowding = (xs[index + 1] ?? Number.POSITIVE_INFINITY) - x < SIDE_BY_SIDE;
    if (crowded) rows.push(rows[index - 1] === -1 ? 1 : -1);
    else rows.push(crowding ? -1 : 0);
  }
  return rows;
}

/**
 * @param {View} view
 * @param {PlacedLane} lane
 * @param {number} index
 * @param {number} x
 * @param {number} y
 */
function drawMark({ model, selected }, lane, index, x, y) {
  const mark = model.marks[index];
  if (mark === undefined) return s("g");
  const { d, tone, hollow } = SHAPES[mark.look];
  const attributes = {
    class: `mark tone-${tone}${hollow ? " hollow" : ""}${index === selected ? " selected" : ""}`,
    transform: `translate(${x.toFixed(1)} ${y})`,
    role: "button",
    tabindex: index === selected ? 0 : -1,
    "data-mark": index,
    "data-look": mark.look,
    "aria-label": `${lane.label}, ${clockText(mark.at)}: ${mark.text}`,
  };
  return s("g", attributes, s("circle", { r: 12, class: "halo" }), s("path", { d, class: "shape" }));
}

/**
 * @param {View} view
 * @param {PlacedLane} lane
 * @param {number[]} members
 * @param {number} x
 * @param {number} y
 */
function drawGroup({ model }, lane, members, x, y) {
  const looks = members.map((index) => model.marks[index]?.look ?? "other");
  const worst = ["failed", "bounced", "refused", "died", "hold", "fresh", "resume"].find((look) => looks.some((one) => one === look));
  const tone = SHAPES[/** @type {import("../shared/model.ts").Look} */ (worst ?? looks[0] ?? "other")].tone;
  const text = String(members.length);
  const attributes = {
    class: `group tone-${tone}`,
    transform: `translate(${x.toFixed(1)} ${y})`,
    "data-group": members.join(","),
    role: "button",
    tabindex: -1,
    "aria-label": `${lane.label}: ${members.length} things close together; press to come nearer`,
  };
  const width = 10 + text.length * 6;
  return s(
    "g",
    attributes,
    s("rect", { x: -width / 2, y: -8, width, height: 16, rx: 8, class: "shape" }),
    s("text", { y: 3.8, class: "group-text" }, text),
  );
}

/**
 * Failures as lines through every lane, and the cursor with its time.
 * @param {View} view
 * @param {number} height
 */
export function drawLines({ axis, model, cursor, toPx, width }, height) {
  const failures = model.failures.map(({ at, seq }) => toPx(axis.unitOf(at, seq)));
  const x = toPx(axis.unitOf(cursor.at, cursor.seq));
  const label = clockText(cursor.at);
  const room = label.length * 6.4 + 10;
  const left = Math.max(0, Math.min(width - room, x - room / 2));
  return [
    ...failures.map((px) => s("line", { x1: px, x2: px, y1: RULER - 6, y2: height, class: "failure-line" })),
    s(
      "g",
      { class: "cursor", visibility: x < -2 || x > width + 2 ? "hidden" : "visible" },
      s("line", { x1: x, x2: x, y1: RULER - 8, y2: height }),
      s("rect", { x: left, y: RULER - 21, width: room, height: 15, rx: 3 }),
      s("text", { x: left + room / 2, y: RULER - 9.8 }, label),
    ),
  ];
}
