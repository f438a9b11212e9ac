import type { Context } from "hono";
import { reasonOf } from "../model/errors.ts";

/** Gives the metrics in Prometheus' text format; null when nobody collects them. */
export type Scrape = (() => Promise<string>) | null;

const OFF = `metrics are not collected. Switch them on in <root>/config.yaml and restart the daemon:

telemetry: { metrics: true }

or start it with OTEL_METRICS_EXPORTER=prometheus
`;

/** `/metrics`: no token, because a scraper has none and there is nothing in it to hide (no texts, ids, paths or pids, by construction). */
export async function metricsAnswer(c: Context, scrape: Scrape): Promise<Response> {
  if (scrape === null) return c.text(OFF, 404);
  try {
    return c.body(await scrape(), 200, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" });
  } catch (error) {
    return c.text(`the metrics cannot be collected: ${reasonOf(error)}\n`, 500);
  }
}
