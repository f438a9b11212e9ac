import uPlot from "/assets/uPlot.esm.js";
import { h } from "./dom.js";
import { paint } from "./paint.js";

/** @typedef {{ times: number[], columns: (number | null)[][], title: string, describe: (index: number) => string[] }} Drawing */

/**
 * A chart in a box: as wide as the box, in the colours of the page, with a cursor for mouse and arrow keys that says what it points at.
 * @param {HTMLElement} host
 * @param {number} height
 * @param {(width: number, height: number) => Omit<import("/assets/uPlot.esm.js").Options, "width" | "height">} optionsOf
 */
export function createChart(host, height, optionsOf) {
  const [tip, spoken] = [h("div", { class: "tip", hidden: true }), h("p", { class: "spoken", "aria-live": "polite" })];
  const plot = h("div", {
    class: "plot",
    tabindex: 0,
    role: "group",
    "aria-roledescription": "chart",
    keydown: onKey,
    blur: hide,
    mouseleave: hide,
  });
  host.replaceChildren(plot, tip, spoken);
  /** @type {uPlot | null} */
  let chart = null;
  /** @type {Drawing | null} */
  let drawing = null;
  let chosen = -1;

  function hide() {
    tip.hidden = true;
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (drawing === null || !["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    const last = drawing.times.length - 1;
    const next = event.key === "Home" ? 0 : event.key === "End" || chosen < 0 ? last : chosen + (event.key === "ArrowRight" ? 1 : -1);
    chosen = Math.max(0, Math.min(last, next));
    point(chosen);
    spoken.textContent = drawing.describe(chosen).join(", ");
  }

  /** @param {number} index */
  function point(index) {
    if (chart === null || drawing === null) return;
    const left = chart.valToPos(drawing.times[index] ?? 0, "x") + 1;
    chart.setCursor({ left, top: 4 });
    showTip(index, left);
  }

  /**
   * @param {number} index
   * @param {number} left
   */
  function showTip(index, left) {
    if (drawing === null || chart === null) return;
    const [title = "", ...rest] = drawing.describe(index);
    tip.replaceChildren(h("strong", {}, title), ...rest.map((text) => h("div", {}, text)));
    tip.hidden = false;
    const start = chart.over.offsetLeft + left;
    const room = host.clientWidth - tip.offsetWidth;
    tip.style.left = `${Math.max(0, Math.min(room, start + 14 > room ? start - tip.offsetWidth - 14 : start + 14))}px`;
  }

  function build() {
    if (drawing === null || host.clientWidth === 0) return;
    chart?.destroy();
    const options = optionsOf(host.clientWidth, height);
    chart = new uPlot(
      {
        ...options,
        width: host.clientWidth,
        height,
        legend: { show: false },
        cursor: {
          y: false,
          drag: { x: false, y: false },
          ...options.cursor,
        },
      },
      /** @type {any} */ ([drawing.times, ...drawing.columns]),
      plot,
    );
    chart.over.addEventListener("mousemove", () => {
      const index = chart?.cursor.idx;
      if (index != null) showTip(index, chart?.cursor.left ?? 0);
    });
    chart.root.setAttribute("aria-hidden", "true");
  }

  new ResizeObserver(() => {
    if (chart !== null && chart.width !== host.clientWidth) build();
  }).observe(host);
  return {
    /** @param {Drawing} next */
    draw(next) {
      const same = chart !== null && drawing !== null && drawing.columns.length === next.columns.length;
      drawing = next;
      plot.setAttribute("aria-label", next.title);
      if (same && chart !== null) chart.setData(/** @type {any} */ ([next.times, ...next.columns]));
      else build();
    },
    repaint: () => build(),
  };
}

/** Axes in the page's own colours and letters. @param {Partial<import("/assets/uPlot.esm.js").Axis>} more */
export function axis(more = {}) {
  return {
    stroke: () => paint("--quiet"),
    font: "11px system-ui, sans-serif",
    grid: { stroke: () => paint("--line"), width: 1 },
    ticks: { show: false },
    ...more,
  };
}

/** The time below a chart, in the reader's own 24 hours. */
export function timeAxis() {
  return axis({
    space: 60,
    size: 30,
    values: (_chart, splits) => {
      const days = (splits.at(-1) ?? 0) - (splits[0] ?? 0) > 86_400;
      return splits.map((at) => (days ? dayText(at) : clockText(at)));
    },
  });
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** @param {number} secs */
function clockText(secs) {
  return CLOCK.format(secs * 1000);
}

/** @param {number} secs */
function dayText(secs) {
  const clock = clockText(secs);
  return clock === "00:00" ? DAY.format(secs * 1000) : clock;
}
