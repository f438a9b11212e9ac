import uPlot from "/assets/uPlot.esm.js";
import { causeColour, modeLook } from "./causes.js";
import { axis, createChart, timeAxis } from "./chart.js";
import { byId, h } from "./dom.js";
import { icon } from "./icon.js";
import { paint } from "./paint.js";
import { stretchText } from "./time.js";

/** @typedef {import("../contract.ts").History} History */
/** @typedef {import("../contract.ts").CauseSeries} CauseSeries */

/** Wakes by cause over time: stacked bars, a legend that counts, and the same as a table. */
export function createBars() {
  /** @type {readonly CauseSeries[]} */
  let causes = [];
  const chart = createChart(byId("wakes"), 280, () => ({
    padding: [8, 18, 0, 0],
    scales: { x: { time: true }, y: { range: (_chart, _low, high) => [0, Math.max(4, Math.ceil((high ?? 0) * 1.1))] } },
    axes: [timeAxis(), axis({ size: 34, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000] })],
    // The highest sum is drawn first, the next lower one over it.
    series: [{}, ...[...causes].reverse().map(barSeries)],
    cursor: { points: { show: false } },
  }));
  return {
    repaint: chart.repaint,
    /** @param {History} history */
    show(history) {
      const changed = JSON.stringify(causes.map(keyOf)) !== JSON.stringify(history.causes.map(keyOf));
      causes = history.causes;
      const total = causes.reduce((sum, cause) => sum + cause.total, 0);
      const times = Array.from({ length: history.buckets }, (_, index) => (history.from + index * history.width) / 1000);
      chart.draw({
        times,
        columns: sums(causes).reverse(),
        title: `Wakes by cause, last ${history.span}: ${total} in all. Arrow keys go through the bars.`,
        describe: (index) => describe(history, index),
      });
      if (changed) chart.repaint();
      legend(causes, total);
      table(history);
    },
  };
}

/** @param {CauseSeries} series */
function keyOf({ mode, cause }) {
  return [mode, cause];
}

/** @param {CauseSeries} series */
function barSeries({ mode, cause }) {
  return {
    fill: () => paint(causeColour(mode, cause)),
    stroke: () => paint("--card"),
    width: 1,
    paths: uPlot.paths.bars?.({ size: [0.9, 60], align: 1 }),
    points: { show: false },
  };
}

/**
 * Each cause on top of those before it.
 * @param {readonly CauseSeries[]} causes
 */
function sums(causes) {
  /** @type {number[][]} */
  const all = [];
  for (const { counts } of causes) {
    const below = all.at(-1);
    all.push(counts.map((count, index) => count + (below?.[index] ?? 0)));
  }
  return all;
}

/**
 * @param {History} history
 * @param {number} index
 */
function describe({ from, width, causes }, index) {
  const start = from + index * width;
  const some = causes.filter(({ counts }) => (counts[index] ?? 0) > 0).reverse();
  const lines = some.map(({ mode, cause, counts }) => `${counts[index]} × ${mode}: ${cause}`);
  return [stretchText(start, start + width), ...(lines.length === 0 ? ["no wakes"] : lines)];
}

/**
 * @param {readonly CauseSeries[]} causes
 * @param {number} total
 */
function legend(causes, total) {
  const items = [...causes].reverse().map(({ mode, cause, words, total: own }) => {
    const swatch = h("span", { class: "swatch", "aria-hidden": "true" });
    swatch.style.background = `var(${causeColour(mode, cause)})`;
    return h(
      "li",
      {},
      swatch,
      h("strong", {}, String(own)),
      h("span", {}, icon(modeLook(mode)), `${mode}: ${words} `, h("small", {}, cause)),
    );
  });
  const none = h("li", { class: "hint" }, "No wakes in this time.");
  byId("causes").replaceChildren(...(total === 0 ? [none] : items));
}

/** @param {History} history */
function table({ from, width, buckets, causes }) {
  const rows = Array.from({ length: buckets }, (_, index) => index)
    .filter((index) => causes.some(({ counts }) => (counts[index] ?? 0) > 0))
    .reverse()
    .map((index) =>
      h(
        "tr",
        {},
        h("th", { scope: "row" }, stretchText(from + index * width, from + (index + 1) * width)),
        ...causes.map(({ counts }) => h("td", {}, String(counts[index] ?? 0))),
      ),
    );
  const head = h(
    "tr",
    {},
    h("th", { scope: "col" }, "time"),
    ...causes.map(({ mode, cause }) => h("th", { scope: "col" }, `${mode}: ${cause}`)),
  );
  byId("wakes-table").replaceChildren(h("thead", {}, head), h("tbody", {}, ...rows));
}
