/** The loopback HTTP listener: `/metrics` for a scraper, and the view for who has no Grafana (docs/view.md). */
export { type WebParts, webApp } from "./app.ts";
export { createFleetView, type FleetView } from "./fleet-view.ts";
