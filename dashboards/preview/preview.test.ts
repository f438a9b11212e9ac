import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseScenario } from "../../sim/language/parse.ts";
import type { BoardJson, PanelJson } from "../lint/board.ts";
import type { Series } from "../query/client.ts";
import { type Answer, prometheusPanels } from "../query/panel.ts";
import { seriesColors } from "./colors.ts";
import { formatValue } from "./format.ts";
import { bucketCounts } from "./heatmap.ts";
import { monthScenario } from "./month.ts";
import { pageOf } from "./page.ts";
import { linearScale } from "./scale.ts";
import { merged } from "./state-timeline.ts";
import { tableOf } from "./table.ts";

const answer = (series: readonly Series[], refId = "A", legendFormat = "__auto"): Answer => ({
  target: { refId, legendFormat },
  expr: "",
  step: 60,
  series,
});
const board = (name: string): BoardJson => JSON.parse(readFileSync(join(import.meta.dirname, `../json/${name}.json`), "utf8")) as BoardJson;

test.each([
  [0.0005, "s", undefined, "500 µs"],
  [90, "s", undefined, "1.5 min"],
  [172_800, "s", undefined, "2 d"],
  [3 * 2 ** 20, "bytes", undefined, "3 MiB"],
  [0.314, "percentunit", 0, "31%"],
  [2.5, "suffix:/h", undefined, "2.5 /h"],
  [12_345, "short", undefined, "12.3 K"],
  [Number.NaN, "s", undefined, "–"],
])("%d in %s is shown as Grafana would", (value, unit, decimals, text) => {
  expect(formatValue(value, unit, decimals)).toBe(text);
});

describe("scales", () => {
  test("ticks are round in their unit", () => {
    expect(linearScale(0, 7, [100, 0], 4).ticks).toEqual([0, 2, 4, 6, 8]);
    expect(linearScale(0, 7000, [100, 0], 4, "s").ticks).toEqual([0, 1800, 3600, 5400, 7200]);
    expect(linearScale(0, 3 * 2 ** 20, [100, 0], 3, "bytes").ticks).toEqual([0, 2 ** 20, 2 * 2 ** 20, 3 * 2 ** 20]);
  });

  test("the lowest value is at the bottom, the highest tick at the top", () => {
    const { at } = linearScale(0, 8, [100, 0], 4);
    expect([at(0), at(4), at(8)]).toEqual([100, 50, 0]);
  });
});

test("buckets lose what lies below them", () => {
  const bucket = (le: string, count: number): Series => ({ metric: { le }, values: [[60, count]] });
  const counts = bucketCounts([answer([bucket("+Inf", 9), bucket("1", 2), bucket("5", 7)])]);
  expect(counts.map(({ le, counts: all }) => [le, all.get(60)])).toEqual([
    [1, 2],
    [5, 5],
    [Infinity, 2],
  ]);
});

test("bars of one state become one, and a hole stays a hole", () => {
  const points = [0, 60, 120, 300, 360].map((time, index) => [time, index === 2 ? 4 : 1] as const);
  expect(merged(points, 60)).toEqual([
    { from: 0, to: 120, value: 1 },
    { from: 120, to: 180, value: 4 },
    { from: 300, to: 420, value: 1 },
  ]);
});

test("a table joins its queries by their labels, with the headings and the order that the panel says", () => {
  const panel = board("wake-causes").panels.find(({ title }) => title === "Wakes of each peer") as PanelJson;
  const value = (peer: string, count: number): Series => ({ metric: { gen_ai_agent_name: peer }, values: [[60, count]] });
  const answers = [
    answer([value("scout", 1), value("scribe", 5)], "A"),
    answer([value("scout", 3)], "B"),
    answer([], "C"),
    answer([], "D"),
  ];
  expect(tableOf(panel, answers)).toEqual({
    headings: ["Peer", "Fresh", "Resumed", "Refused", "Failed"],
    rows: [
      ["scribe", 5, null, null, null],
      ["scout", 1, 3, null, null],
    ],
  });
});

test("colours are the panel's own where it has some, and no two others are alike", () => {
  const panel = board("wake-causes").panels.find(({ title }) => title === "Fresh starts by cause") as PanelJson;
  const names = ["crash-or-self-close", "one", "two", "three", "four", "five"];
  const colors = seriesColors(panel, names);
  expect(colors.get("crash-or-self-close")).toBe("#f2495c");
  expect(new Set(colors.values()).size).toBe(names.length);
});

test.each(["wake-causes", "fleet", "peer", "daemon"])("%s: every panel is drawn in its place, with its title, from its queries", (name) => {
  const json = board(name);
  const series = [0, 60, 120].map(
    (shift): Series => ({ metric: { le: String(shift), cause: `c${shift}` }, values: [[60 + shift, 1 + shift]] }),
  );
  const answers = prometheusPanels(json).map(
    (panel) => [panel.id, (panel.targets ?? []).map((target) => ({ ...answer(series), target }))] as const,
  );
  const html = pageOf(json, new Map(answers), { job: ".+", peer: ".+", start: 0, end: 600, scrapeInterval: 15, points: 100 });
  expect(html.match(/<section /g)?.length).toBe(answers.length);
  expect(html).not.toContain("No data");
  for (const panel of prometheusPanels(json)) expect(html).toContain(`<h3>${panel.title}</h3>`);
});

test("the month is a valid scenario, the same for the same seed", () => {
  const request = { peers: 24, days: 3, seed: 7 };
  const text = monthScenario(request);
  expect(parseScenario(text, "month.yaml")).not.toHaveProperty("problems");
  expect(monthScenario(request)).toBe(text);
  expect(monthScenario({ ...request, seed: 8 })).not.toBe(text);
});
