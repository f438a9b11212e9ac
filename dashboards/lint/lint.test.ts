import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { generatedFiles } from "../src/files.ts";
import type { BoardJson, PanelJson } from "./board.ts";
import { CHECKS, lint } from "./lint.ts";

const FOLDER = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(FOLDER, path), "utf8");
const boards = (): BoardJson[] => readdirSync(join(FOLDER, "json")).map((name) => JSON.parse(read(`json/${name}`)) as BoardJson);

describe("generated files", () => {
  test.each([...generatedFiles()])("%s is what `npm run dashboards` writes", (path, text) => {
    expect(read(path), "run `npm run dashboards` and commit what it writes").toBe(text);
  });

  test("nothing else lies beside them", () => {
    const names = readdirSync(join(FOLDER, "json")).map((name) => `json/${name}`);
    expect(names.toSorted()).toEqual([...generatedFiles().keys()].filter((path) => path.startsWith("json/")).toSorted());
  });
});

test("the committed dashboards keep every rule", () => {
  expect(lint(boards())).toEqual([]);
});

/** One change that breaks one rule. `panel` is a time series of the first dashboard with a counter in its query. */
type Breaking = (board: Loose<BoardJson>, panel: Loose<PanelJson>) => void;
type Loose<T> = T extends object ? { -readonly [K in keyof T]: Loose<T[K]> } : T;

const replaceIn = (panel: Loose<PanelJson>, what: string, by: string): void => {
  for (const target of panel.targets ?? []) target.expr = (target.expr ?? "").replaceAll(what, by);
};

const BREAKINGS: Readonly<Record<string, readonly Breaking[]>> = {
  uneditable: [(board) => Object.assign(board, { editable: true })],
  "datasource variables": [
    (_, panel) => Object.assign(panel, { datasource: { type: "prometheus", uid: "P1" } }),
    (_, panel) => Object.assign(panel.targets?.[0] ?? {}, { datasource: undefined }),
    (board) =>
      Object.assign(board.templating.list.find(({ name }) => name === "job") ?? {}, { datasource: { type: "loki", uid: "${prometheus}" } }),
  ],
  "title and description": [
    (_, panel) => Object.assign(panel, { description: "" }),
    (_, panel) => Object.assign(panel, { title: undefined }),
  ],
  unit: [(_, panel) => Object.assign(panel.fieldConfig?.defaults ?? {}, { unit: undefined })],
  ids: [(_, panel) => Object.assign(panel, { id: undefined }), (_, panel) => Object.assign(panel, { id: 1 })],
  layout: [
    (_, panel) => Object.assign(panel.gridPos ?? {}, { x: 16, w: 12 }),
    (_, panel) => Object.assign(panel.gridPos ?? {}, { y: 0 }),
    (_, panel) => Object.assign(panel, { gridPos: undefined }),
  ],
  "job matcher": [(_, panel) => replaceIn(panel, 'job=~"$job", ', "")],
  counters: [
    (_, panel) => replaceIn(panel, "rate(", "max_over_time("),
    (_, panel) => replaceIn(panel, "iapeer_wake_decisions_total", "iapeer_holds"),
  ],
  "rate interval": [(_, panel) => replaceIn(panel, "$__rate_interval", "5m")],
  "metrics are registered": [(_, panel) => replaceIn(panel, "iapeer_wake_decisions_total", "iapeer_wake_decisions")],
  "labels are registered": [(_, panel) => replaceIn(panel, "mode=", "mood="), (_, panel) => replaceIn(panel, '"fresh"', '"frisch"')],
  "queries name a metric": [(_, panel) => Object.assign(panel.targets?.[0] ?? {}, { expr: "vector(1)" })],
  links: [
    (board) => Object.assign(board.links[0] ?? {}, { tags: ["elsewhere"] }),
    (_, panel) => Object.assign(panel, { links: [{ url: "/d/iapeer-gone?x" }] }),
    (_, panel) => Object.assign(panel, { links: [{ url: "/d/iapeer-peer?var-agent=x" }] }),
  ],
};

describe("each rule notices a dashboard that breaks it", () => {
  const cases = CHECKS.flatMap(({ name }) =>
    (BREAKINGS[name] ?? [() => {}]).map((breaking, index) => [name, index + 1, breaking] as const),
  );

  test.each(cases)("%s (%i)", (name, _, breaking) => {
    const all = boards() as Loose<BoardJson>[];
    const board = all.find(({ uid }) => uid === "iapeer-wake-causes");
    const panel = board?.panels.find(({ title }) => title === "Fresh starts by cause");
    if (board === undefined || panel === undefined) throw new Error("the dashboard or its panel has another name now");
    breaking(board, panel);
    expect(lint(all as BoardJson[]).map(({ check }) => check)).toContain(name);
  });
});
