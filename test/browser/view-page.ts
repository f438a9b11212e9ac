import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** An open view, and everything that it said or asked for. */
export interface OpenView {
  readonly page: Page;
  readonly said: readonly string[];
  readonly asked: readonly string[];
}

/** Opens a link and waits until peers, decisions and charts are there. */
export async function openView(browser: Browser, link: string, options: BrowserContextOptions = {}): Promise<OpenView> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "light", ...options });
  const page = await context.newPage();
  const [said, asked]: string[][] = [[], []];
  page.on("console", (message) => said?.push(message.text()));
  page.on("pageerror", (error) => said?.push(String(error)));
  page.on("request", (request) => asked?.push(request.url()));
  await page.goto(link);
  await page.waitForSelector("html[data-ready=yes][data-charts=day]");
  await page.waitForSelector("#decisions tr");
  await page.waitForSelector("#causes li");
  return { page, said: said ?? [], asked: asked ?? [] };
}

/** Things that stick out to the right, but for what can be scrolled inside its own box. */
export const WIDER_THAN_THE_SCREEN = `[...document.querySelectorAll("body *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5 && one.closest(".numbers-table") === null && getComputedStyle(one).position !== "fixed")
  .map((one) => one.tagName + "." + one.className + " " + one.textContent.slice(0, 40))`;

/** Texts whose contrast with what is behind them is below what WCAG AA asks for. */
export const TOO_FAINT = `(() => {
  const parts = (text) => {
    const numbers = (text.match(/[\\d.]+/g) ?? []).map(Number);
    const scale = text.startsWith("color(") ? 1 : 255;
    return { rgb: numbers.slice(0, 3).map((one) => one / scale), alpha: numbers[3] ?? 1 };
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const layers = [];
    for (let one = element; one !== null; one = one.parentElement) layers.push(parts(getComputedStyle(one).backgroundColor));
    return layers.reverse().reduce((under, { rgb, alpha }) => under.map((one, index) => one * (1 - alpha) + rgb[index] * alpha), [1, 1, 1]);
  };
  const faint = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== "");
    if (!own || element.getClientRects().length === 0 || element.closest("svg, .spoken")) continue;
    const [text, ground] = [light(parts(getComputedStyle(element).color).rgb), light(behind(element))];
    const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
    if (ratio < 4.5) faint.push(ratio.toFixed(2) + " " + element.tagName + "." + element.className + ": " + element.textContent.slice(0, 30));
  }
  return faint;
})()`;

/** Things to press or to fill that a screen reader has no name for. */
export const NAMELESS = `[...document.querySelectorAll("button, select, input, [tabindex='0']")]
  .filter((one) => !one.hidden && ![one.getAttribute("aria-label"), one.getAttribute("aria-labelledby"), one.textContent, one.labels?.[0]?.textContent].some((name) => name?.trim()))
  .map((one) => one.outerHTML.slice(0, 80))`;
