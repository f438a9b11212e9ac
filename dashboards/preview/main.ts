/**
 * Draws the committed dashboards with the data of a real Prometheus: one page and one picture each. A preview of queries, units, colours and
 * layout; only Grafana draws what Grafana draws.
 *
 *   npm run dashboards:preview -- --prometheus http://127.0.0.1:9090 --out pictures [--from 2026-01-01T00:00Z] [--to …] [--peer scout] [--only fleet]
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openChromium } from "../../test/browser/chromium.ts";
import type { BoardJson } from "../lint/board.ts";
import { type PrometheusClient, prometheusClient } from "../query/client.ts";
import { secondsOf } from "../query/interpolate.ts";
import { askPanel, type Look, prometheusPanels } from "../query/panel.ts";
import { PAGE_WIDTH, pageOf, panelWidth } from "./page.ts";

const BOARDS = join(import.meta.dirname, "../json");

const { values } = parseArgs({
  options: {
    prometheus: { type: "string", default: "http://127.0.0.1:9090" },
    out: { type: "string", default: "dashboards-preview" },
    from: { type: "string" },
    to: { type: "string" },
    job: { type: "string", default: ".+" },
    peer: { type: "string" },
    scrape: { type: "string", default: "15s" },
    only: { type: "string", multiple: true },
  },
});

function moment(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new Error(`"${text}" is no time such as 2026-01-01T00:00Z`);
  return ms / 1000;
}

/** The dashboard's own range unless told otherwise; one peer's dashboard takes the named one, or the first that there is. */
async function lookAt(board: BoardJson, client: PrometheusClient): Promise<Look> {
  const end = values.to === undefined ? Date.now() / 1000 : moment(values.to);
  const start = values.from === undefined ? end - secondsOf(board.time.from.replace("now-", "")) : moment(values.from);
  const one = board.templating.list.some(({ name, allValue }) => name === "peer" && allValue === undefined);
  const known = one && values.peer === undefined ? await client.now("group by (gen_ai_agent_name) (iapeer_peers)", end) : [];
  const peer = values.peer ?? known[0]?.metric["gen_ai_agent_name"] ?? ".+";
  return { job: values.job, peer: one ? peer : ".+", start, end, scrapeInterval: secondsOf(values.scrape), points: 0 };
}

async function draw(name: string, client: PrometheusClient): Promise<string> {
  const board = JSON.parse(readFileSync(join(BOARDS, `${name}.json`), "utf8")) as BoardJson;
  const look = await lookAt(board, client);
  const answers = await Promise.all(
    prometheusPanels(board).map(async (panel) => {
      const points = panelWidth(panel.gridPos?.w ?? 24);
      return [panel.id, await askPanel(client, panel, { ...look, points })] as const;
    }),
  );
  return pageOf(board, new Map(answers), look);
}

const client = prometheusClient(values.prometheus);
if (!(await client.ready())) throw new Error(`no Prometheus answers at ${values.prometheus}: give its address with --prometheus`);
mkdirSync(values.out, { recursive: true });
const all = readdirSync(BOARDS).map((file) => file.replace(".json", ""));
const browser = await openChromium();
try {
  for (const name of all.filter((one) => values.only === undefined || values.only.includes(one))) {
    const html = await draw(name, client);
    writeFileSync(join(values.out, `${name}.html`), html);
    const page = await browser.newPage({ viewport: { width: PAGE_WIDTH, height: 900 } });
    await page.setContent(html);
    await page.screenshot({ path: join(values.out, `${name}.png`), fullPage: true });
    await page.close();
    process.stdout.write(`${join(values.out, `${name}.png`)}\n`);
  }
} finally {
  await browser.close();
}
