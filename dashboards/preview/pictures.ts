import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { openChromium } from "../../test/browser/chromium.ts";
import type { BoardJson } from "../lint/board.ts";
import { type PrometheusClient, prometheusClient } from "../query/client.ts";
import { secondsOf } from "../query/interpolate.ts";
import { askPanel, type Look, prometheusPanels } from "../query/panel.ts";
import { PAGE_WIDTH, pageOf, panelWidth } from "./page.ts";

const BOARDS = join(import.meta.dirname, "../json");
export const BOARD_NAMES = readdirSync(BOARDS).map((file) => file.replace(".json", ""));

export interface PictureRequest {
  /** Such as `http://127.0.0.1:9090`. */
  readonly prometheus: string;
  /** Folder; made when absent. */
  readonly out: string;
  /** Seconds since the epoch; without them the dashboard's own range up to now. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Regular expression. */
  readonly job: string;
  /** For the dashboard of one peer; the first that there is by default. */
  readonly peer?: string | undefined;
  /** Distance of samples, such as `15s`. */
  readonly scrape: string;
  readonly boards: readonly string[];
  /** Hears of each picture. */
  readonly say: (path: string) => void;
}

/** Draws dashboards with what a Prometheus knows: one page and one picture each. */
export async function drawPictures(request: PictureRequest): Promise<void> {
  const client = prometheusClient(request.prometheus);
  if (!(await client.ready())) throw new Error(`no Prometheus answers at ${request.prometheus}: give its address with --prometheus`);
  mkdirSync(request.out, { recursive: true });
  const browser = await openChromium();
  try {
    for (const name of request.boards) await drawBoard(name, client, browser, request);
  } finally {
    await browser.close();
  }
}

async function drawBoard(name: string, client: PrometheusClient, browser: Browser, request: PictureRequest): Promise<void> {
  const board = JSON.parse(readFileSync(join(BOARDS, `${name}.json`), "utf8")) as BoardJson;
  const look = await lookAt(board, client, request);
  const answers = await Promise.all(
    prometheusPanels(board).map(async (panel) => {
      const points = panelWidth(panel.gridPos?.w ?? 24);
      return [panel.id, await askPanel(client, panel, { ...look, points })] as const;
    }),
  );
  const html = pageOf(board, new Map(answers), look);
  writeFileSync(join(request.out, `${name}.html`), html);
  const page = await browser.newPage({ viewport: { width: PAGE_WIDTH, height: 900 } });
  await page.setContent(html);
  const path = join(request.out, `${name}.png`);
  await page.screenshot({ path, fullPage: true });
  await page.close();
  request.say(path);
}

async function lookAt(board: BoardJson, client: PrometheusClient, request: PictureRequest): Promise<Look> {
  const end = request.to ?? Date.now() / 1000;
  const start = request.from ?? end - secondsOf(board.time.from.replace("now-", ""));
  const one = board.templating.list.some(({ name, allValue }) => name === "peer" && allValue === undefined);
  const known = one && request.peer === undefined ? await client.now("group by (gen_ai_agent_name) (iapeer_peers)", end) : [];
  const peer = request.peer ?? known[0]?.metric["gen_ai_agent_name"] ?? ".+";
  return { job: request.job, peer: one ? peer : ".+", start, end, scrapeInterval: secondsOf(request.scrape), points: 0 };
}
