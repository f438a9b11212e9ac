import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ALERTS } from "../src/rules/alerts.ts";
import { RECORDED } from "../src/rules/recording.ts";
import { type BoardJson, promQueries } from "./board.ts";
import { seriesOf, unknownSeries, unusedMetrics, wrongMatchers } from "./promql.ts";

const FOLDER = join(import.meta.dirname, "..");
const RUNBOOKS = join(FOLDER, "../docs/runbooks");
const read = (path: string): string => readFileSync(join(FOLDER, path), "utf8");
const names = (folder: string): string[] => readdirSync(join(FOLDER, folder)).map((name) => `${folder}/${name}`);

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const rules = names("prometheus/rules").flatMap((path) =>
  (parse(read(path)) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules),
);
const boardQueries = names("json").flatMap((path) => promQueries(JSON.parse(read(path)) as BoardJson).map(({ expr }) => expr));
const expressions = [...rules.map(({ expr }) => expr), ...boardQueries];
const recorded = new Set(Object.values(RECORDED).map(({ record }) => record as string));

interface RuleTests {
  readonly tests: readonly {
    readonly alert_rule_test?: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
    readonly promql_expr_test?: readonly { readonly expr: string; readonly exp_samples: readonly unknown[] }[];
  }[];
}

const ruleTests = names("prometheus/tests").flatMap((path) => (parse(read(path)) as RuleTests).tests);

describe("metrics", () => {
  test("every registered metric appears in a dashboard or a rule", () => {
    expect(unusedMetrics(expressions)).toEqual([]);
  });

  test("one that nothing shows is noticed", () => {
    expect(unusedMetrics(expressions.filter((expr) => !expr.includes("iapeer_log_bytes")))).toEqual(["iapeer.log.bytes"]);
  });

  test.each(rules.map((rule) => [rule.record ?? rule.alert ?? "", rule.expr] as const))(
    "%s uses what is registered or recorded",
    (_, expr) => {
      expect([...unknownSeries(expr, recorded), ...wrongMatchers(expr)]).toEqual([]);
    },
  );

  test("every recorded series is used", () => {
    const used = new Set(expressions.flatMap(seriesOf));
    expect([...recorded].filter((record) => !used.has(record))).toEqual([]);
  });
});

describe("alerts", () => {
  test.each(rules.filter(({ alert }) => alert !== undefined).map((rule) => [rule.alert ?? "", rule] as const))(
    "%s says what a person needs",
    (alert, rule) => {
      expect(rule.labels?.["severity"]).toMatch(/^(critical|warning)$/);
      expect(rule.for).toMatch(/^\d+[smh]$/);
      expect(rule.annotations?.["summary"]).toMatch(/^[A-Z{]/);
      expect(rule.annotations?.["description"]).toMatch(/\.$/);
      expect(rule.annotations?.["runbook_url"]).toMatch(new RegExp(`docs/runbooks\\{\\{ end \\}\\}/${alert}\\.md$`));
      const file = join(RUNBOOKS, `${alert}.md`);
      expect(existsSync(file), `there is no docs/runbooks/${alert}.md`).toBe(true);
      const text = readFileSync(file, "utf8");
      for (const part of [`# ${alert}`, "## What it means", "## How to look", "## What to do"]) expect(text).toContain(part);
    },
  );

  test("no runbook is left of an alert that is gone", () => {
    expect(readdirSync(RUNBOOKS).toSorted()).toEqual(["README.md", ...ALERTS.map(({ alert }) => `${alert}.md`)].toSorted());
  });

  test("the list of runbooks names each", () => {
    const list = readFileSync(join(RUNBOOKS, "README.md"), "utf8");
    for (const { alert, severity } of ALERTS) expect(list).toContain(`| [${alert}](${alert}.md) | ${severity} |`);
  });
});

describe("promtool tests", () => {
  test.each(ALERTS.map(({ alert }) => alert))("%s fires in one and stays quiet in one", (alert) => {
    const outcomes = ruleTests.flatMap((one) => one.alert_rule_test ?? []).filter(({ alertname }) => alertname === alert);
    expect(new Set(outcomes.map(({ exp_alerts }) => exp_alerts.length > 0))).toEqual(new Set([true, false]));
  });

  test.each([...recorded])("%s is computed in one", (record) => {
    const computed = ruleTests
      .flatMap((one) => one.promql_expr_test ?? [])
      .filter(({ expr, exp_samples }) => expr.startsWith(record) && exp_samples.length > 0);
    expect(computed).not.toEqual([]);
  });
});
