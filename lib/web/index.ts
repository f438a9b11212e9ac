/** The loopback HTTP listener: `/metrics` for a scraper, and the view for who has no Grafana (docs/view.md). */
export { type WebParts, webApp } from "./app.ts";
export { tokenPath, USUAL_PORT, viewLink } from "./link.ts";
export type { Scrape } from "./metrics.ts";
