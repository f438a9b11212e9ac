import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PrometheusClient, prometheusClient } from "../../../dashboards/query/client.ts";
import { findOnPath } from "../../../lib/adapters/node-environment.ts";
import { pause } from "../../e2e/support/fleet.ts";

export const DASHBOARDS = join(import.meta.dirname, "../../../dashboards");

/** A Prometheus of its own on the loopback interface, with its data in a temporary folder. */
export interface RunningPrometheus {
  readonly address: string;
  readonly client: PrometheusClient;
  close(): Promise<void>;
}

export interface PrometheusRequest {
  /** `host:port` to scrape; nothing is scraped without. */
  readonly target?: string;
  readonly scrapeSeconds?: number;
  /** Folder of blocks that were made by promtool. */
  readonly data?: string;
  /** How far back a sample counts as present, for samples that are far apart. */
  readonly lookback?: string;
  /** Changes the text of each committed file of rules, for example how long an alert has to hold. */
  readonly changeRules?: (text: string) => string;
}

export async function startPrometheus(request: PrometheusRequest): Promise<RunningPrometheus> {
  if (findOnPath("prometheus", process.env) === null) throw new Error("there is no prometheus: install it (apt-get install prometheus)");
  const folder = await mkdtemp(join(tmpdir(), "iap-prom-"));
  const config = await writeConfig(folder, request);
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const options = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${request.data ?? join(folder, "data")}`,
    "--storage.tsdb.retention.time=100y",
    `--web.listen-address=127.0.0.1:${port}`,
    "--log.level=warn",
    ...(request.lookback === undefined ? [] : [`--query.lookback-delta=${request.lookback}`]),
  ];
  const child = spawn("prometheus", options, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += String(chunk);
  });
  const ended = once(child, "exit");
  const close = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const client = prometheusClient(address);
  for (let tries = 0; !(await client.ready()); tries += 1) {
    if (child.exitCode !== null || tries > 200) {
      await close();
      throw new Error(`prometheus does not get ready: ${said}`);
    }
    await pause(100);
  }
  return { address, client, close };
}

async function writeConfig(
  folder: string,
  { target, scrapeSeconds = 1, changeRules = (text) => text }: PrometheusRequest,
): Promise<string> {
  await mkdir(join(folder, "rules"));
  for (const name of ["recording.yaml", "alerts.yaml"]) {
    const rules = await readFile(join(DASHBOARDS, "prometheus/rules", name), "utf8");
    await writeFile(join(folder, "rules", name), changeRules(rules));
  }
  const scrapes = target === undefined ? [] : [{ job_name: "iapeer", static_configs: [{ targets: [target] }] }];
  const config = {
    global: { scrape_interval: `${scrapeSeconds}s`, evaluation_interval: `${scrapeSeconds}s` },
    rule_files: ["rules/*.yaml"],
    scrape_configs: scrapes,
  };
  const path = join(folder, "prometheus.yaml");
  // JSON is YAML.
  await writeFile(path, JSON.stringify(config));
  return path;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
