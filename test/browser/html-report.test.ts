import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { renderHtml } from "../../sim/report/html/index.ts";
import { openChromium } from "./chromium.ts";
import { HOSTILE_STORY, RESET_STORY, tell } from "./stories.ts";

/** Pictures of the last run, to look at. */
const PICTURES = resolve(import.meta.dirname, "../../.vitest/browser");

let browser: Browser;
let folder: string;
let said: string[] = [];
let asked: string[] = [];

beforeAll(async () => {
  browser = await openChromium();
  folder = await mkdtemp(join(tmpdir(), "iapeer-html-"));
  await mkdir(PICTURES, { recursive: true });
});
afterAll(async () => {
  await browser?.close();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

/** Opens the page of a run, offline; everything that it says or asks for is kept. */
async function open(source: string, options: BrowserContextOptions = {}): Promise<Page> {
  const file = join(folder, "run.html");
  await writeFile(file, renderHtml(await tell(source, "scenarios/story.yaml")));
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "light", ...options });
  await context.setOffline(true);
  const page = await context.newPage();
  [said, asked] = [[], []];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`file://${file}`);
  await page.waitForSelector("html[data-ready=yes]");
  return page;
}

const marks = (page: Page, look: string): ReturnType<Page["locator"]> => page.locator(`[data-look="${look}"]`);
const asOfText = (page: Page, lane: string): Promise<string | null> => page.locator(`#as-of [data-lane="${lane}"]`).textContent();

test("a real run: lanes, bars, marks, folds and shades; nothing is asked of the network and nothing complains", async () => {
  const page = await open(RESET_STORY);
  expect(await page.locator(".lane-name").allTextContents()).toEqual(
    ["world", "daemon", "scout", "alice", "tester"].map((name) => expect.stringContaining(name)),
  );
  await page.click("#fit");
  for (const selector of [
    ".bar-held",
    ".bar-working",
    ".bar-booting",
    ".bar-person",
    ".shade-down",
    ".shade-suspend",
    ".fold",
    ".tick-text",
  ]) {
    expect(await page.locator(selector).count(), selector).toBeGreaterThan(0);
  }
  expect(await page.locator(".fold-text").allTextContents()).toContain("8h");
  expect(await marks(page, "resume").locator(".shape").getAttribute("d")).not.toBe(
    await marks(page, "fresh").first().locator(".shape").getAttribute("d"),
  );
  await page.screenshot({ path: join(PICTURES, "timeline.png"), fullPage: true });
  expect(said).toEqual([]);
  expect(asked.filter((url) => !url.startsWith("file:") && !url.startsWith("data:"))).toEqual([]);
});

test("with the keyboard alone: into the timeline, along a lane, to another lane; the details follow", async () => {
  const page = await open(RESET_STORY);
  for (let press = 0; press < 20 && !(await focusedLabel(page)).includes(":"); press += 1) await page.keyboard.press("Tab");
  expect(await focusedLabel(page)).toBe("alice, 0:00: wake fresh: first-wake");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  expect(await focusedLabel(page)).toBe("alice, 0:03.17: launch ready after 3s170ms");
  expect(await page.locator("#details").textContent()).toContain("2026-01-01T00:00:03.170Z");
  await page.keyboard.press("ArrowDown");
  expect(await focusedLabel(page)).toMatch(/^tester, /);
  await page.keyboard.press("End");
  expect(await focusedLabel(page)).toContain("A dialogue with a person is never reset");
  await page.keyboard.press("/");
  expect(await page.evaluate("document.activeElement.id")).toBe("filter-text");
});

test("the cursor tells what was so: at a decision, and after a click between two", async () => {
  const page = await open(RESET_STORY);
  await page.locator("#rows tr", { hasText: "held after 3 deaths" }).locator("button").click();
  expect(await page.locator("#as-of-title").textContent()).toMatch(/^As of 1:/);
  expect(await asOfText(page, "claude-scout")).toMatch(/held.*\.deaths.*\.hold.*\.session/s);
  for (let press = 0; press < 7; press += 1) await page.keyboard.press(".");
  expect(await asOfText(page, "claude-scout")).toContain("waiting · held · topic review");
  expect(await page.locator("#as-of .timers").textContent()).toContain("safety pass");
  await page.keyboard.press("0");
  await page.locator("#plot").scrollIntoViewIfNeeded();
  const shade = await page.locator(".shade-down").boundingBox();
  if (shade === null) throw new Error("the daemon's down time is not in sight");
  await page.mouse.click(shade.x + shade.width / 2, shade.y + 150);
  expect(await asOfText(page, "daemon")).toContain("down");
  await page.keyboard.press(",");
  expect(await page.locator("#as-of-title").textContent()).toBe("As of 1:30");
});

test("zoom and pan by keys and mouse; folding can be changed", async () => {
  const page = await open(RESET_STORY);
  const place = async (): Promise<number> => (await marks(page, "resume").boundingBox())?.x ?? Number.NaN;
  await page.keyboard.press("0");
  const fit = await place();
  await page.locator("#plot svg").hover();
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -40);
  await page.keyboard.up("Control");
  expect(await place()).not.toBe(fit);
  await page.keyboard.press("0");
  expect(await place()).toBe(fit);
  await page.selectOption("#folding", "");
  expect(await page.locator(".fold").count()).toBe(0);
});

test("hovering shows cause and facts; the source line of what is chosen is highlighted", async () => {
  const page = await open(RESET_STORY);
  await page.keyboard.press("0");
  await marks(page, "resume").hover();
  expect(await page.locator("#hover").textContent()).toMatch(/wake resume: idle-reaped-human.*kind conversational/s);
  await page.locator(".line", { hasText: "launch: scout" }).locator("button").click();
  expect(await page.locator(".line-now").textContent()).toContain("launch: scout");
  expect(await page.locator("#details").textContent()).toContain("scenarioline");
});

test("the list can be searched by words, peer and event", async () => {
  const page = await open(RESET_STORY);
  const rows = page.locator("#rows tr");
  const all = await rows.count();
  await page.fill("#filter-text", "wake fresh crash-or-self");
  expect(await rows.count()).toBeGreaterThan(0);
  expect(await rows.count()).toBeLessThan(all);
  for (const text of await rows.allTextContents()) expect(text).toContain("crash-or-self-close");
  await page.fill("#filter-text", "");
  await page.selectOption("#filter-lane", "codex-tester");
  await page.selectOption("#filter-event", "wake");
  expect(await rows.allTextContents()).toEqual([expect.stringContaining("first-wake"), expect.stringContaining("idle-reaped-new-topic")]);
});

test("light and dark: as the system says, unless the reader chooses", async () => {
  const page = await open(RESET_STORY, { colorScheme: "dark" });
  const ground = (): Promise<unknown> => page.evaluate("getComputedStyle(document.body).backgroundColor");
  const dark = await ground();
  expect(dark).toBe("rgb(20, 22, 26)");
  await page.screenshot({ path: join(PICTURES, "dark.png"), fullPage: true });
  await page.click("#theme");
  expect(await ground()).toBe(dark);
  await page.click("#theme");
  expect(await ground()).toBe("rgb(246, 245, 242)");
});

test("on a telephone nothing is wider than the screen", async () => {
  const page = await open(RESET_STORY, { viewport: { width: 390, height: 844 } });
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
  await page.screenshot({ path: join(PICTURES, "phone.png"), fullPage: true });
});

test("a failure shows its sentence, what was expected and what came, at its moment and on its line; hostile texts stay texts", async () => {
  const page = await open(HOSTILE_STORY);
  expect(await page.locator("h1").textContent()).toBe('A crashed peer is resumed </script><img src=x onerror="window.hacked=1">');
  expect(await page.locator(".failure h3").textContent()).toContain('The dialogue goes on <img src=x onerror="window.hacked=5">');
  expect(await page.locator(".failure .got").textContent()).not.toBe("");
  expect(await marks(page, "failed").count()).toBe(1);
  expect(await page.locator(".failure-line").count()).toBeGreaterThan(0);
  expect(await page.locator(".line-failed").textContent()).toContain("mode: resume");
  for (let press = 0; press < 30; press += 1) await page.keyboard.press(",");
  expect(await page.evaluate("window.hacked")).toBeUndefined();
  expect(await page.locator("img, script:not([id]):not(:last-of-type)").count()).toBe(0);
  await page.screenshot({ path: join(PICTURES, "failure.png"), fullPage: true });
  expect(said).toEqual([]);
});

async function focusedLabel(page: Page): Promise<string> {
  return String(await page.evaluate("document.activeElement?.getAttribute('aria-label') ?? ''"));
}
