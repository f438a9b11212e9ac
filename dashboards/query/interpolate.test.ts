import { expect, test } from "vitest";
import { interpolate, secondsOf, stepFor } from "./interpolate.ts";

const choices = { job: "iapeer|other", peer: ".+", range: 21_600, step: 30, scrapeInterval: 15 };

test("puts in what Grafana would", () => {
  const text = 'rate(m{job=~"$job", a=~"${peer:regex}"}[$__rate_interval]) + increase(m[$__range])';
  expect(interpolate(text, choices)).toBe('rate(m{job=~"iapeer|other", a=~".+"}[60s]) + increase(m[21600s])');
});

test("the window of a rate holds at least four scrapes, and one more than a step", () => {
  expect(interpolate("$__rate_interval", { ...choices, step: 1 })).toBe("60s");
  expect(interpolate("$__rate_interval", { ...choices, step: 300 })).toBe("315s");
});

test("a variable that no dashboard has is an error", () => {
  expect(() => interpolate("m[$window]", choices)).toThrow("$window in m[$window] is no variable of the dashboards");
});

test("steps follow the zoom, and a panel's smallest one", () => {
  expect(stepFor(86_400, 720, undefined)).toBe(120);
  expect(stepFor(86_400, 720, "5m")).toBe(300);
  expect(stepFor(30 * 86_400, 780, undefined)).toBe(3600);
  expect(() => secondsOf("5 minutes")).toThrow('"5 minutes" is no duration');
});
