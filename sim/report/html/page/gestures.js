/** @typedef {import("./view.js").View} View */
/** @typedef {import("./timeline.js").Timeline} Timeline */

/** A press that moves less than this, in pixels, is a click. */
const CLICK = 4;

/**
 * Mouse and touch: drag pans, Ctrl with the wheel (or a pinch on a touch pad) zooms, sideways wheel pans, a click selects or sets the cursor.
 * @param {Timeline} timeline
 * @param {View} view
 */
export function listenToPointer({ svg, gutter }, view) {
  /** @type {{ x: number, moved: number, id: number } | null} */
  let press = null;
  svg.addEventListener("pointerdown", (event) => {
    if (event.button === 0) press = { x: event.clientX, moved: 0, id: event.pointerId };
  });
  svg.addEventListener("pointermove", (event) => {
    if (press === null || event.pointerId !== press.id) return;
    const dx = event.clientX - press.x;
    press.moved += Math.abs(dx);
    if (press.moved < CLICK) return;
    press.x = event.clientX;
    svg.setPointerCapture(event.pointerId);
    svg.classList.add("dragging");
    view.pan(-dx);
  });
  const release = () => {
    svg.classList.remove("dragging");
    press = null;
  };
  svg.addEventListener("pointerup", (event) => {
    const clicked = press !== null && press.moved < CLICK;
    release();
    if (clicked) click(event.target, event.clientX - svg.getBoundingClientRect().left - gutter(), view);
  });
  svg.addEventListener("pointercancel", release);
  svg.addEventListener(
    "wheel",
    (event) => {
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.shiftKey ? event.deltaY : 0;
      if (!event.ctrlKey && !event.metaKey && sideways === 0) return;
      event.preventDefault();
      if (event.ctrlKey || event.metaKey)
        view.zoom(Math.exp(-event.deltaY / 240), event.clientX - svg.getBoundingClientRect().left - gutter());
      else view.pan(sideways);
    },
    { passive: false },
  );
}

/**
 * @param {EventTarget | null} target
 * @param {number} px
 * @param {View} view
 */
function click(target, px, view) {
  if (!(target instanceof Element)) return;
  const mark = target.closest("[data-mark]");
  const group = target.closest("[data-group]");
  if (mark !== null) view.select(Number(mark.getAttribute("data-mark")));
  else if (group !== null) comeNearer(group, view);
  else if (px >= 0) view.moveCursor(view.axis.pointAt(view.toUnit(px)));
}

/**
 * Zooms until the marks of a group stand apart, and selects the first.
 * @param {Element} group
 * @param {View} view
 */
function comeNearer(group, view) {
  const indexes = (group.getAttribute("data-group") ?? "").split(",").map(Number);
  const units = indexes.flatMap((index) => {
    const mark = view.model.marks[index];
    return mark === undefined ? [] : [view.axis.unitOf(mark.at, mark.seq)];
  });
  view.show(Math.min(...units), Math.max(...units) + 20);
  view.select(indexes[0] ?? -1);
}
