/** @typedef {import("./view.js").View} View */
/** @typedef {import("./timeline.js").Timeline} Timeline */

/**
 * The keyboard: arrows go from mark to mark while one has the focus; the other keys work everywhere but in fields.
 * @param {Timeline} timeline
 * @param {View} view
 * @param {{ search: () => void, help: () => void }} actions
 */
export function listenToKeys(timeline, view, actions) {
  timeline.svg.addEventListener("focusin", (event) => {
    const index = markAt(event.target);
    if (index >= 0 && index !== view.selected) view.select(index);
  });
  timeline.svg.addEventListener("keydown", (event) => {
    const next = event.shiftKey ? -1 : neighbour(timeline, view, event.key);
    if (next < 0) return;
    event.preventDefault();
    view.select(next);
    timeline.focusSelected();
  });
  /** @type {Record<string, () => void>} */
  const everywhere = {
    ",": () => view.stepCursor(-1),
    ".": () => view.stepCursor(1),
    "+": () => view.zoom(1.5, cursorPx(view)),
    "=": () => view.zoom(1.5, cursorPx(view)),
    "-": () => view.zoom(1 / 1.5, cursorPx(view)),
    0: () => view.fit(),
    f: () => nextFailure(view),
    "/": actions.search,
    "?": actions.help,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
    if (event.shiftKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      event.preventDefault();
      view.pan((event.key === "ArrowLeft" ? -0.2 : 0.2) * view.width);
      return;
    }
    const act = everywhere[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}

/** @param {EventTarget | null} target */
function markAt(target) {
  const text = target instanceof Element ? (target.closest("[data-mark]")?.getAttribute("data-mark") ?? null) : null;
  return text === null ? -1 : Number(text);
}

/** @param {EventTarget | null} target */
function isField(target) {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
}

/** Zooming keeps the cursor in place while it is in sight. @param {View} view */
function cursorPx(view) {
  const px = view.toPx(view.axis.unitOf(view.cursor.at, view.cursor.seq));
  return px >= 0 && px <= view.width ? px : view.width / 2;
}

/**
 * The mark that an arrow key leads to: left and right in the same lane, up and down to the nearest one of another lane; -1 for none.
 * @param {Timeline} timeline
 * @param {View} view
 * @param {string} key
 */
function neighbour({ lanes }, { model, selected }, key) {
  const { marks } = model;
  if (key === "Home") return 0;
  if (key === "End") return marks.length - 1;
  const from = marks[selected];
  if (from === undefined) return key.startsWith("Arrow") ? 0 : -1;
  if (key === "ArrowRight") return marks.findIndex(({ lane }, index) => index > selected && lane === from.lane);
  if (key === "ArrowLeft") return marks.findLastIndex(({ lane }, index) => index < selected && lane === from.lane);
  if (key !== "ArrowUp" && key !== "ArrowDown") return -1;
  const order = lanes.map(({ id }) => id);
  const at = order.indexOf(from.lane);
  const others = key === "ArrowUp" ? order.slice(0, at).reverse() : order.slice(at + 1);
  const lane = others.find((other) => marks.some((mark) => mark.lane === other));
  return marks.reduce((best, mark, index) => {
    const distance = (/** @type {number} */ other) => Math.abs((marks[other]?.seq ?? Number.POSITIVE_INFINITY) - from.seq);
    return mark.lane === lane && (best < 0 || distance(index) < distance(best)) ? index : best;
  }, -1);
}

/** @param {View} view */
function nextFailure(view) {
  const failed = view.model.marks.flatMap(({ look }, index) => (look === "failed" ? [index] : []));
  view.select(failed.find((index) => index > view.selected) ?? failed[0] ?? -1);
}
