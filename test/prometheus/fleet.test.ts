import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BoardJson, PanelJson } from "../../dashboards/lint/board.ts";
import type { Series } from "../../dashboards/query/client.ts";
import { askPanel, type Look, prometheusPanels } from "../../dashboards/query/panel.ts";
import { RECORDED } from "../../dashboards/src/rules/recording.ts";
import { createFleet, type Fleet, pause } from "../e2e/support/fleet.ts";
import { DASHBOARDS, freePort, type RunningPrometheus, startPrometheus } from "./support/prometheus.ts";

/**
 * A daemon with demo peers, scraped by a real Prometheus every second: every query of every panel has to answer, and an alert has to fire.
 * One fleet for all tests, since a life with every kind of event takes a while.
 */
const SCRAPE_SECONDS = 1;
const boards = readdirSync(join(DASHBOARDS, "json")).map(
  (name) => JSON.parse(readFileSync(join(DASHBOARDS, "json", name), "utf8")) as BoardJson,
);
/** What a minute of life cannot hold: the smallest step of panels for rare events. */
const withoutInterval = ({ interval: _, ...panel }: PanelJson): PanelJson => panel;

let fleet: Fleet;
let prometheus: RunningPrometheus;
let look: Look;

async function killAgent(name: string): Promise<void> {
  const pid = await fleet.until(`a session of ${name}`, async () => {
    const peer = await fleet.peer(name);
    return peer.state === "alive" ? peer.pid : null;
  });
  process.kill(pid, "SIGKILL");
}

/** A series that begins with 1 is invisible to `increase()`: life goes on when Prometheus has seen the zeros twice. */
async function seenAtZero(series: string): Promise<void> {
  await fleet.until(`two scrapes of ${series}`, async () => {
    const counts = await prometheus.client.now(`count_over_time(${series}[1m])`);
    return counts.some(({ values }) => (values[0]?.[1] ?? 0) >= 2) ? true : null;
  });
}

/** Parked and resumed, started fresh by itself, stopped and refused, and killed until it is held with a message that waits. */
async function live(): Promise<void> {
  for (const name of ["scout", "scribe", "faller"]) await fleet.create(name);
  await seenAtZero('iapeer_peer_wakes_total{gen_ai_agent_name="faller"}');
  await fleet.send("scout", "hello", { topic: "audit" });
  await fleet.line({ ev: "supervise", action: "reaped-idle", identity: "demo-scout" });
  await fleet.send("scout", "hello again", { topic: "audit" });
  await fleet.send("scribe", "hello");
  await fleet.ask("self-fresh", { identity: "demo-scribe" });
  await fleet.line({ ev: "launch", identity: "demo-scribe", outcome: "ready" }, 2);
  await fleet.ask("stop", { peer: "scribe" });
  await fleet.send("scribe", "nobody hears this").catch(() => {});
  for (const nth of [1, 2, 3]) {
    await fleet.send("faller", `attempt ${nth}`);
    await killAgent("faller");
    await fleet.line({ ev: "exit", identity: "demo-faller", class: "crash" }, nth);
  }
  await fleet.send("faller", "kept", { waitMs: 1_000 });
}

beforeAll(async () => {
  const port = await freePort();
  fleet = await createFleet({
    OTEL_METRICS_EXPORTER: "prometheus",
    IAPEER_HTTP_PORT: String(port),
    IAPEER_IDLE_SECS: "4",
    IAPEER_SUPERVISE_SECS: "2",
  });
  const start = Date.now() / 1000;
  await fleet.start();
  // The committed rules; only how often they are looked at and how long an alert has to hold is shortened.
  const changeRules = (text: string): string => text.replaceAll("interval: 30s", "interval: 1s").replaceAll(/for: \d+m/g, "for: 2s");
  prometheus = await startPrometheus({ target: `127.0.0.1:${port}`, scrapeSeconds: SCRAPE_SECONDS, changeRules });
  await live();
  await pause(5 * SCRAPE_SECONDS * 1000);
  look = { job: ".+", peer: ".+", start, end: Date.now() / 1000, scrapeInterval: 5, points: 10_000 };
}, 180_000);

afterAll(async () => {
  await prometheus?.close();
  await fleet?.close();
});

const answers = (series: readonly Series[]): boolean => series.some(({ values }) => values.some(([, value]) => Number.isFinite(value)));

describe.each(boards.map((board) => [board.title, board] as const))("%s", (_, board) => {
  const peer = board.uid === "iapeer-peer" ? "scout" : ".+";

  test.each(prometheusPanels(board).map((panel) => [panel.title ?? "", panel] as const))("%s", async (_title, panel) => {
    for (const { target, expr, series } of await askPanel(prometheus.client, withoutInterval(panel), { ...look, peer })) {
      expect(answers(series), `${target.refId} has no number: ${expr}`).toBe(true);
    }
  });
});

test.each(Object.values(RECORDED).map(({ record }) => record))("%s is recorded", async (record) => {
  await fleet.until(record, async () => (answers(await prometheus.client.now(record)) ? true : null));
});

test("the peer that died three times is held, and Prometheus says so", async () => {
  const alert = await fleet.until("IapeerPeerHeld", async () => {
    const alerts = await prometheus.client.alerts();
    return alerts.find(({ labels, state }) => labels["alertname"] === "IapeerPeerHeld" && state === "firing") ?? null;
  });
  expect(alert.labels).toMatchObject({ job: "iapeer", severity: "warning", gen_ai_agent_name: "faller" });
  expect(alert.annotations["summary"]).toBe("Peer faller is held after a crash loop");
});

test("what the daemon wrote of that life can be read again", async () => {
  expect((await fleet.log()).records.filter(({ ev }) => ev === "quarantine")).toEqual([]);
});

test("nobody says that the daemon is gone while it reports", async () => {
  const names = (await prometheus.client.alerts()).map(({ labels }) => labels["alertname"]);
  expect(names).not.toContain("IapeerDaemonAbsent");
  expect(names).not.toContain("IapeerSuperviseStalled");
});
