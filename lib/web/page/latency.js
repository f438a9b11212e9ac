import { axis, createChart, timeAxis } from "./chart.js";
import { byId, h } from "./dom.js";
import { paint } from "./paint.js";
import { measureText, spanText, stretchText } from "./time.js";

/** @typedef {import("../contract.ts").LatencySeries} LatencySeries */
/** @typedef {import("../contract.ts").History} History */

/** @type {Readonly<Record<string, string>>} */
const COLOURS = { fresh: "--fresh", resume: "--resume", launch: "--good", delivery: "--mail" };
const QUANTILES = /** @type {const} */ (["p50", "p95"]);

/**
 * Half and nearly all of the durations over time, on a scale that shows a second beside an hour.
 * @param {"wake" | "launch" | "delivery"} name
 */
export function createLatency(name) {
  /** @type {readonly LatencySeries[]} */
  let all = [];
  const chart = createChart(byId(`latency-${name}`), 170, () => ({
    padding: [8, 12, 0, 0],
    scales: { x: { time: true }, y: { distr: 3, range: (_chart, low, high) => range(low, high) } },
    axes: [
      timeAxis(),
      axis({
        size: 52,
        filter: (_chart, splits) => splits,
        splits: (_chart, _axis, low, high) => marks(low, high),
        values: (_chart, splits) => splits.map(markText),
      }),
    ],
    series: [{}, ...all.flatMap((series) => QUANTILES.map((quantile) => line(series, quantile)))],
    bands: all.map(({ name: own }, index) => ({ series: [2 * index + 2, 2 * index + 1], fill: () => faint(COLOURS[own] ?? "--ink") })),
  }));
  return {
    repaint: chart.repaint,
    /** @param {History} history */
    show(history) {
      all = history[name].filter(({ count }) => count > 0);
      const shown = all.length > 0 ? all : history[name].slice(0, 1);
      all = shown;
      chart.draw({
        times: Array.from({ length: history.buckets }, (_, index) => (history.from + (index + 0.5) * history.width) / 1000),
        columns: shown.flatMap(({ p50, p95 }) => [[...p50], [...p95]]),
        title: `${byId(`latency-${name}-title`).textContent}, last ${history.span}: ${shown.map(sentence).join("; ")}. Arrow keys go through the time.`,
        describe: (index) => describe(history, shown, index),
      });
      byId(`latency-${name}-legend`).replaceChildren(...shown.map(legend));
    },
  };
}

/**
 * @param {LatencySeries} series
 * @param {"p50" | "p95"} quantile
 */
function line({ name }, quantile) {
  const colour = COLOURS[name] ?? "--ink";
  const half = quantile === "p50";
  return {
    stroke: () => paint(colour),
    width: half ? 2 : 1,
    ...(!half && { dash: [3, 3] }),
    spanGaps: true,
    points: { show: half, size: 5, fill: () => paint(colour) },
  };
}

/** @param {string} colour */
function faint(colour) {
  return paint(colour).replace(/^rgb\((.*)\)$/, "rgba($1, 0.13)");
}

/** Durations that a person reads at a glance. */
const MARKS = [1, 10, 100, 1_000, 10_000, 60_000, 600_000, 3_600_000, 36_000_000, 86_400_000, 864_000_000];

/**
 * From mark to mark around what is shown, so that there is always something to read it by.
 * @param {number | null} low
 * @param {number | null} high
 * @returns {[number, number]}
 */
function range(low, high) {
  const [from, to] = [Math.max(2, (low ?? 1_000) / 1.1), (high ?? 10_000) * 1.1];
  return [MARKS.findLast((mark) => mark <= from) ?? 1, MARKS.find((mark) => mark >= to) ?? 864_000_000];
}

/**
 * @param {number} low
 * @param {number} high
 */
function marks(low, high) {
  return MARKS.filter((mark) => mark >= low && mark <= high);
}

/** @param {number} ms */
function markText(ms) {
  return ms < 1_000 ? `${ms} ms` : spanText(ms);
}

/** @param {LatencySeries} series */
function sentence({ name, count, overall }) {
  return count === 0 ? "nothing was measured" : `${name} p50 ${measureText(overall.p50)}, p95 ${measureText(overall.p95)}`;
}

/** @param {LatencySeries} series */
function legend({ name, count, overall }) {
  if (count === 0) return h("li", { class: "hint" }, "Nothing was measured in this time.");
  const swatch = h("span", { class: "swatch", "aria-hidden": "true" });
  swatch.style.background = `var(${COLOURS[name] ?? "--ink"})`;
  return h(
    "li",
    {},
    swatch,
    h("span", {}, `${name} `, h("strong", {}, measureText(overall.p50)), " p50, ", h("strong", {}, measureText(overall.p95)), " p95 "),
    h("small", {}, `of ${count}`),
  );
}

/**
 * @param {History} history
 * @param {readonly LatencySeries[]} shown
 * @param {number} index
 */
function describe({ from, width }, shown, index) {
  const start = from + index * width;
  const lines = shown
    .filter(({ p50 }) => p50[index] != null)
    .map(({ name, p50, p95 }) => `${name}: p50 ${measureText(p50[index] ?? null)}, p95 ${measureText(p95[index] ?? null)}`);
  return [stretchText(start, start + width), ...(lines.length === 0 ? ["nothing was measured"] : lines)];
}
