import { mkdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { PeerStatus } from "../../lib/lifecycle/api.ts";
import { createFleet, hasTmux } from "../e2e/support/fleet.ts";
import { SCOUT } from "../support/fake-daemon.ts";
import { openChromium } from "./chromium.ts";
import { type DemoFleet, demoFleet } from "./demo-fleet.ts";
import { NAMELESS, openView, TOO_FAINT, WIDER_THAN_THE_SCREEN } from "./view-page.ts";
import { type ViewStage, viewStage } from "./view-stage.ts";

/** Pictures of the last run, to look at. */
const PICTURES = resolve(import.meta.dirname, "../../.vitest/browser");

let browser: Browser;
let day: DemoFleet;
let stages: ViewStage[] = [];

beforeAll(async () => {
  browser = await openChromium();
  day = await demoFleet(Date.now());
  await mkdir(PICTURES, { recursive: true });
});
afterAll(() => browser?.close());
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  for (const stage of stages.splice(0)) await stage.close();
});

async function stand(log = day.log, peers: readonly PeerStatus[] = day.peers, port = 0): Promise<ViewStage> {
  const stage = await viewStage(log, peers, port);
  stages.push(stage);
  return stage;
}

const row = (page: Page, identity: string) => page.locator(`#peers tr[data-peer="${identity}"]`);
const decisions = (page: Page) => page.locator("#decisions tr[data-id]");
const focused = (page: Page) =>
  page.evaluate("document.activeElement.textContent + (document.activeElement.getAttribute('aria-label') ?? '')");

/** Polls until it holds; fails with what was so. */
const soon = (what: () => Promise<unknown>) => expect.poll(what, { timeout: 10_000, interval: 50 });

describe("a day of a fleet", () => {
  test("is there at once: numbers, peers, causes, latencies, decisions; the token is gone, and nothing is asked of anybody else", async () => {
    const stage = await stand();
    const { page, said, asked } = await openView(browser, stage.link);
    const origin = new URL(stage.link).origin;
    expect(page.url()).toBe(`${origin}/`);
    expect(asked.filter((url) => new URL(url).origin !== origin)).toEqual([]);
    expect(await page.locator("#peers tr").count()).toBe(14);
    await soon(() => row(page, "claude-migrations").textContent()).toMatch(
      /held.*for .*left.*3 deaths counted.*it died too often.*refused.*3, oldest/s,
    );
    expect(await page.locator("#peers tr th").first().textContent()).toMatch(/^security/);
    expect(await page.locator("#numbers .number", { hasText: "held" }).locator("dd").first().textContent()).toBe("1");
    expect(await page.locator("#causes").textContent()).toMatch(
      /refused: its operator stopped it stopped[\s\S]*fresh: never had a session[\s\S]*resume: parked, executor/,
    );
    for (const name of ["wake", "launch", "delivery"])
      expect(await page.locator(`#latency-${name}-legend`).textContent()).toMatch(/[\d.]+( ms| s|s) p50, [\dms .]+ p95 of \d+/);
    expect(await painted(page)).toEqual([true, true, true, true]);
    // docs/images/view.png is this picture.
    await page.setViewportSize({ width: 1440, height: 1130 });
    await page.waitForTimeout(300);
    await page.screenshot({ path: join(PICTURES, "view.png") });
    expect(said).toEqual([]);
  });

  test("hour and week are there too, also by keys, and each as a table", async () => {
    const { page } = await openView(browser, (await stand()).link);
    const total = async () => Number(/: (\d+) in all/.exec((await page.locator("#wakes .plot").getAttribute("aria-label")) ?? "")?.[1]);
    const ofDay = await total();
    await page.click("#spans button:first-child");
    await page.waitForSelector("html[data-charts=hour]");
    const ofHour = await total();
    await page.keyboard.press("3");
    await page.waitForSelector("html[data-charts=week]");
    expect(ofHour).toBeGreaterThan(0);
    expect(ofDay).toBeGreaterThan(ofHour);
    expect(await total()).toBeGreaterThanOrEqual(ofDay);
    expect(await page.getAttribute("#spans button:nth-child(3)", "aria-pressed")).toBe("true");
    await page.click("summary");
    const cells = await page.locator("#wakes-table tbody td").allTextContents();
    expect(cells.reduce((sum, cell) => sum + Number(cell), 0)).toBe(await total());
  });

  test("a wake shows the sentence of the table and all its facts; a peer shows its decisions only; older ones can be asked for", async () => {
    const { page } = await openView(browser, (await stand()).link);
    await page.selectOption("#filter-ev", "wake");
    await soon(async () => (await page.locator("#decisions td.event").allTextContents()).every((text) => text.endsWith("wake"))).toBe(true);
    const first = decisions(page).filter({ hasText: "wakes fresh: parked, executor" }).first();
    await first.click();
    expect(await page.locator(".facts-row").textContent()).toMatch(
      /Row 8 of the decision table: parked, executor, a topic that the conversation does not know → fresh\..*cause.*idle-reaped-new-topic.*topics/s,
    );
    await first.click();
    expect(await page.locator(".facts-row").count()).toBe(0);
    await row(page, "codex-builder").locator("button").click();
    await soon(async () => [...new Set(await page.locator("#decisions td.peer").allTextContents())]).toEqual(["codex-builder"]);
    await page.click("#filter-clear");
    await soon(() => decisions(page).count()).toBe(100);
    await page.click("#older");
    await soon(() => decisions(page).count()).toBe(200);
    const ids = await decisions(page).evaluateAll((rows) => rows.map((one) => Number(one.getAttribute("data-id")?.split("-")[1])));
    expect(ids).toEqual(ids.toSorted((a, b) => b - a));
    expect(new Set(ids).size).toBe(200);
  });
});

describe("live", () => {
  test("a decision, a peer and the numbers change by themselves; what is filtered away stays away; the focus stays", async () => {
    const stage = await stand();
    const { page } = await openView(browser, stage.link);
    await row(page, "claude-scout").locator("button").focus();
    stage.peers = stage.peers.map((peer) => (peer.identity === "claude-scout" ? { ...peer, state: "alive", activity: "busy" } : peer));
    stage.decide("wake", { personality: "scout", identity: "claude-scout", mode: "resume", cause: "idle-reaped-resume", id: "m9" });
    await soon(() => row(page, "claude-scout").textContent()).toMatch(/alive.*resume · .*busy/s);
    expect(await decisions(page).first().textContent()).toMatch(/claude-scout.*resumes: parked, executor, same topic or none/);
    expect(await focused(page)).toBe("scout");
    const before = await page.locator("#causes").textContent();
    await soon(() => page.locator("#causes").textContent()).not.toBe(before);
    await page.selectOption("#filter-who", "claude-alice");
    await soon(async () => [...new Set(await page.locator("#decisions td.peer").allTextContents())]).toEqual(["claude-alice"]);
    stage.decide("stopped", { identity: "claude-scout", by: "ann" });
    stage.decide("stopped", { identity: "claude-alice", by: "ann" });
    await soon(() => decisions(page).first().textContent()).toMatch(/claude-alice.*stopped by ann/);
    expect(await page.locator("#decisions td.peer", { hasText: "scout" }).count()).toBe(0);
  });

  test("a stream that breaks goes on where it was; a daemon that is away is said, and its successor wants a new link", async () => {
    const stage = await stand();
    const { page } = await openView(browser, stage.link);
    const port = Number(new URL(stage.link).port);
    await stage.away();
    await soon(() => page.locator("#trouble").textContent()).toMatch(/^The daemon does not answer\. What is shown is of /);
    stage.decide("stopped", { identity: "claude-scout", by: "while-away" });
    await stage.back();
    await soon(() => decisions(page).first().textContent()).toMatch(/stopped by while-away/);
    expect(await page.locator("#trouble").isHidden()).toBe(true);
    expect(await decisions(page).count()).toBe(151);
    stages = [];
    await stage.close();
    await soon(() => page.locator("#connection").textContent()).toBe("no connection");
    await stand(day.log, day.peers, port).then((next) => next.renewToken("another"));
    await soon(() => page.locator("#trouble").textContent()).toMatch(/^The daemon was started anew, .*: iapeer view$/s);
    await page.screenshot({ path: join(PICTURES, "view-over.png") });
    await page.reload();
    expect(await page.locator("h1").textContent()).toBe("This page opens with a link");
    expect(await page.locator("pre").textContent()).toBe("iapeer view");
    await page.screenshot({ path: join(PICTURES, "view-no-token.png") });
  });
});

describe("for everybody", () => {
  test("by keyboard alone: skip link, a peer's decisions, from decision to decision, its facts, a chart read aloud, help", async () => {
    const { page } = await openView(browser, (await stand()).link);
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("skip to the peers");
    await page.keyboard.press("Enter");
    for (let press = 0; press < 4 && (await focused(page)) !== "security"; press += 1) await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("security");
    expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
    await page.keyboard.press("Enter");
    await soon(async () => [...new Set(await page.locator("#decisions td.peer").allTextContents())]).toEqual(["claude-security"]);
    for (let press = 0; press < 6 && !/^\d\d:/.test(String(await focused(page))); press += 1) await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    expect(await page.locator("#decisions tr[data-id]:nth-child(2) + .facts-row").count()).toBe(1);
    expect(await page.evaluate("document.activeElement.getAttribute('aria-expanded')")).toBe("true");
    await page.locator("#wakes .plot").focus();
    await page.keyboard.press("End");
    const spoken = (): Promise<string | null> => page.locator("#wakes .spoken").textContent();
    // Another half hour may have begun since the wakes.
    if ((await spoken())?.endsWith("no wakes")) await page.keyboard.press("ArrowLeft");
    expect(await spoken()).toMatch(/\d\d:\d\d–\d\d:\d\d, \d+ × \w+: /);
    await page.keyboard.press("ArrowLeft");
    expect(await page.locator("#wakes .tip").isVisible()).toBe(true);
    await page.keyboard.press("?");
    expect(await page.locator("#help").isVisible()).toBe(true);
    await page.keyboard.press("Escape");
    await page.keyboard.press("/");
    expect(await page.evaluate("document.activeElement.id")).toBe("filter-who");
    expect(await page.evaluate(NAMELESS)).toEqual([]);
  });

  test.for(["light", "dark"] as const)("%s: as the system says, and every text can be read", async (colorScheme) => {
    const { page } = await openView(browser, (await stand()).link, { colorScheme });
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(
      colorScheme === "dark" ? "rgb(20, 22, 26)" : "rgb(246, 245, 242)",
    );
    await decisions(page).nth(2).click();
    await page.mouse.move(0, 0);
    expect(await page.evaluate(TOO_FAINT)).toEqual([]);
    await page.screenshot({ path: join(PICTURES, `view-${colorScheme}.png`), fullPage: true });
  });
});

describe("for every taste and screen", () => {
  test("the switch outranks the system, and is remembered", async () => {
    const { page } = await openView(browser, (await stand()).link, { colorScheme: "dark" });
    const ground = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    await page.keyboard.press("t");
    await page.keyboard.press("t");
    expect(await ground()).toBe("rgb(246, 245, 242)");
    await page.reload();
    await page.waitForSelector("html[data-ready=yes]");
    expect([await ground(), await page.locator("#theme").textContent()]).toEqual(["rgb(246, 245, 242)", "theme: light"]);
  });

  test.for([360, 768])("at a width of %i nothing is wider than the screen, facts included", async (width) => {
    const { page } = await openView(browser, (await stand()).link, { viewport: { width, height: 780 } });
    await decisions(page).first().click();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    expect(await page.evaluate(WIDER_THAN_THE_SCREEN)).toEqual([]);
    await page.screenshot({ path: join(PICTURES, `view-${width}.png`), fullPage: true });
  });

  test("who wants no motion gets none", async () => {
    const stage = await stand();
    for (const [reducedMotion, animation] of [
      ["reduce", "none"],
      ["no-preference", "arrived"],
    ] as const) {
      const { page } = await openView(browser, stage.link, { reducedMotion });
      stage.decide("stopped", { identity: "claude-scout", by: "ann" });
      await page.waitForSelector(".row-new");
      expect(await page.evaluate("getComputedStyle(document.querySelector('.row-new td')).animationName")).toBe(animation);
    }
  });

  test("hostile texts stay texts, wherever they stand", async () => {
    const hack = (number: number): string => `</script><img src=x onerror="window.hacked=${number}"><svg onload=window.hacked=${number}>`;
    const peers: PeerStatus[] = [
      {
        ...SCOUT,
        personality: hack(1),
        identity: `demo-${hack(2)}`,
        topics: [hack(3)],
        activity: hack(4),
        state: "alive",
        idleSecs: 3,
        runtime: hack(5),
      },
    ];
    const stage = await stand(day.log, peers);
    const { page, said } = await openView(browser, stage.link);
    stage.decide("wake", {
      identity: `demo-${hack(2)}`,
      personality: hack(1),
      mode: hack(6),
      cause: hack(7),
      reason: hack(8),
      topic: hack(9),
    });
    await soon(() => decisions(page).first().textContent()).toContain("<img");
    await decisions(page).first().click();
    expect(await page.locator(".facts-row").textContent()).toContain('<img src=x onerror="window.hacked=9">');
    await row(page, "").first().or(page.locator("#peers tr")).first().locator("button").click();
    await soon(() => page.locator("#causes").textContent()).toContain("hacked=7");
    await page.locator("#wakes .plot").focus();
    await page.keyboard.press("End");
    expect(await page.locator("#wakes .tip").textContent()).toContain("hacked=7");
    expect(await page.evaluate("window.hacked")).toBeUndefined();
    expect(await page.locator("img, svg[onload], script:not([src])").count()).toBe(0);
    expect(said).toEqual([]);
  });
});

/** Has each chart been drawn in more than one colour? */
function painted(page: Page): Promise<unknown> {
  return page.evaluate(`[...document.querySelectorAll("canvas")].map((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const colours = new Set();
    for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 255) colours.add(data[at] + "," + data[at + 1] + "," + data[at + 2]);
    return colours.size > 2;
  })`);
}

describe.runIf(hasTmux)("a real daemon", { timeout: 120_000 }, () => {
  test("shows a demo peer come up live; after a restart the old page says that it has ended, and the new link shows the day so far", async () => {
    const fleet = await createFleet({ IAPEER_SUPERVISE_SECS: "5" });
    try {
      const first = await fleet.start();
      await fleet.create("scout");
      const { out } = await fleet.iapeer(["view"]);
      expect(out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}\n$/);
      expect((await stat(join(fleet.root, "state/iapeer/web-token"))).mode & 0o777).toBe(0o600);
      const { page } = await openView(browser, out.trim());
      expect(await row(page, "demo-scout").textContent()).toMatch(/asleep.*never/s);
      await fleet.send("scout", "hello there", { topic: "welcome" });
      await soon(() => row(page, "demo-scout").textContent()).toMatch(/alive for .*never had a session and nothing to resume/s);
      await soon(() => page.locator("#decisions").textContent()).toMatch(/message landed.*topic welcome.*launch ready.*wakes fresh/s);
      await soon(() => page.locator("#latency-wake-legend").textContent()).toMatch(/fresh .* of 1$/);
      expect(await page.content()).not.toContain("hello there");
      const port = new URL(out).port;
      await fleet.end(first);
      await soon(() => page.locator("#connection").textContent()).toBe("no connection");
      await fleet.start({ IAPEER_HTTP_PORT: port });
      await expect.poll(() => page.locator("#trouble").textContent(), { timeout: 20_000 }).toContain("iapeer view");
      const again = await openView(browser, (await fleet.iapeer(["view"])).out.trim());
      await soon(() => again.page.locator("#causes").textContent()).toMatch(/1.*fresh: never had a session/);
      await soon(() => row(again.page, "demo-scout").textContent()).toMatch(/alive for .*never had a session/s);
      expect(again.said).toEqual([]);
    } finally {
      await fleet.close();
    }
  });
});
