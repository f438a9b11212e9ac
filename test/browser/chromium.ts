import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where a distribution puts Chromium; `CHROMIUM` overrides it. */
const PATH = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** Starts Chromium without a window and without a network of its own; throws one line that says what to install. */
export async function openChromium(): Promise<Browser> {
  if (!existsSync(PATH)) throw new Error(`no Chromium at ${PATH}: install it (apt-get install chromium) or set CHROMIUM to its path`);
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"];
  return chromium.launch({ executablePath: PATH, args });
}
