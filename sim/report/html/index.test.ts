import { expect, test } from "vitest";
import { HOSTILE_STORY, RESET_STORY, tell } from "../../../test/browser/stories.ts";
import { invalidResult, type RunResult } from "../../runner/index.ts";
import { escapeHtml, jsonForScript } from "./escape.ts";
import { type HtmlEntry, type HtmlRun, renderHtml } from "./index.ts";

test("every result of the runner can be rendered", async () => {
  const render: (run: RunResult) => string = renderHtml;
  expect(render(await tell(RESET_STORY))).toContain("<title>pass: A crash loop is held");
});

test("an invalid file shows its problems and no timeline", () => {
  const problem = { file: "x.yaml", place: { line: 3, column: 5 }, path: "peers", message: "unknown key <b>" };
  const html = renderHtml(invalidResult("x.yaml", [problem]));
  expect(html).toContain("x.yaml:3:5 peers: unknown key &lt;b&gt;");
  expect(html).not.toContain("<script");
});

test("no text of a scenario becomes markup", async () => {
  const html = renderHtml(await tell(HOSTILE_STORY));
  expect(html.match(/<script/g)).toHaveLength(2);
  expect(html.match(/<\/script/g)).toHaveLength(2);
  expect(html.match(/<(img|svg|b)\b/g)).toBeNull();
  expect(html.match(/<!--/g)).toBeNull();
  const [, json = ""] = /id="model">(.*?)<\/script>/s.exec(html) ?? [];
  expect(JSON.parse(json).title).toBe('A crashed peer is resumed </script><img src=x onerror="window.hacked=1">');
});

test("escaped texts are harmless where they stand and come back unchanged", () => {
  expect(escapeHtml(`<a href="x">&'`)).toBe("&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
  const text = "</script><!--]]>\u2028";
  expect(jsonForScript(text)).not.toMatch(/[<>\u2028]/);
  expect(JSON.parse(jsonForScript(text))).toBe(text);
});

test("the page asks for nothing from anywhere", async () => {
  const html = renderHtml(await tell(RESET_STORY));
  expect(html).toContain("default-src 'none'");
  expect(html.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:\/\/|@import|\bfetch\(|XMLHttpRequest|innerHTML/);
});

test("a long run is rendered in well under a second", () => {
  const run = longRun(5_000);
  const started = performance.now();
  const html = renderHtml(run);
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(html.length).toBeLessThan(5_000_000);
});

/** A run of so many entries, most of them decisions. */
function longRun(count: number): HtmlRun {
  const entries: HtmlEntry[] = Array.from({ length: count }, (_, seq) => {
    const identity = `claude-peer${seq % 8}`;
    const data =
      seq % 2 === 0 ? { ev: "wake", identity, mode: "fresh", cause: "first-wake" } : { ev: "launch", identity, outcome: "ready", ms: 3 };
    return { seq, at: seq * 7_000, wall: seq * 7_000, kind: "decision", lane: identity, data };
  });
  const peers = new Map(Array.from({ length: 8 }, (_, index) => [`peer${index}`, { runtime: "claude" }]));
  const scenario = { title: "long", startMs: 0, seed: 1, source: "", config: {}, peers, timeline: [] };
  return { verdict: "pass", file: "long.yaml", title: "long", failures: [], virtualMs: count * 7_000, scenario, trace: { entries } };
}
