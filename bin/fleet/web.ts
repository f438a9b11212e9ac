import { join } from "node:path";
import { dependencyFile, packageFile } from "../../lib/adapters/node-environment.ts";
import { freshSecret } from "../../lib/adapters/random.ts";
import type { DecisionFeed } from "../../lib/control/feed.ts";
import type { Daemon, DaemonParts } from "../../lib/lifecycle/api.ts";
import { IapeerError, reasonOf } from "../../lib/model/errors.ts";
import { createStorage } from "../../lib/storage/index.ts";
import type { FleetView } from "../../lib/web/index.ts";
import { tokenPath, USUAL_PORT, viewLink } from "../../lib/web/link.ts";
import type { Scrape } from "../../lib/web/metrics.ts";

/** The loopback listener of a daemon, or why there is none. */
export interface RunningWeb {
  /** `http://127.0.0.1:8765`, or null. */
  readonly address: string | null;
  /** Opens the view. */
  readonly link: string | null;
  readonly problem: string | null;
  close(): Promise<void>;
}

export interface WebRequest {
  readonly parts: DaemonParts;
  readonly daemon: Daemon;
  readonly feed: DecisionFeed;
  readonly scrape: Scrape;
  readonly onDefect: (error: unknown) => void;
}

/** Never rejects: the lifecycle goes on without a listener. What it needs is loaded here, so that verbs and a switched-off view cost nothing. */
export async function startWeb(request: WebRequest): Promise<RunningWeb> {
  const { http } = request.parts.settings;
  if (http === "off") return none("off: IAPEER_HTTP_PORT is off");
  try {
    return await start(http, request);
  } catch (error) {
    const port = error instanceof IapeerError && error.code.startsWith("port-");
    return none(`${reasonOf(error)}${port ? `: IAPEER_HTTP_PORT is ${http}; choose another port, or off` : ""}`);
  }
}

function none(problem: string): RunningWeb {
  return { address: null, link: null, problem, close: async () => {} };
}

async function start(http: number | "auto", request: WebRequest): Promise<RunningWeb> {
  const { parts, scrape, onDefect } = request;
  const [{ listenHttp }, { webApp }] = await Promise.all([import("../../lib/adapters/http-listener.ts"), import("../../lib/web/index.ts")]);
  const view = await createView(request);
  const storage = createStorage(parts.disk, `web-${process.pid}`);
  const token = freshSecret();
  let port = 0;
  const app = webApp({ token, port: () => port, view, scrape, readAsset: (name) => parts.disk.read(assetFile(name)), onDefect });
  const listen = (chosen: number) => listenHttp({ port: chosen, fetch: (asked) => app.fetch(asked) });
  const listener = http === "auto" ? await listen(USUAL_PORT).catch(() => listen(0)) : await listen(http);
  port = listener.port;
  const close = async (): Promise<void> => {
    view.close();
    await listener.close();
    // A successor may have written its own meanwhile.
    if ((await parts.disk.read(tokenPath(parts.root))) === token) await storage.removeFile(tokenPath(parts.root));
  };
  try {
    await storage.replaceFile(tokenPath(parts.root), token);
  } catch (error) {
    await close();
    throw error;
  }
  const address = `http://127.0.0.1:${port}`;
  return { address, link: viewLink(address, token), problem: null, close };
}

async function createView({ parts, daemon, feed, onDefect }: WebRequest): Promise<FleetView> {
  const { createFleetView } = await import("../../lib/web/index.ts");
  const { clock, disk, root, version } = parts;
  const start = parts.random.uuid("web").replaceAll("-", "");
  return createFleetView({ daemon, feed, clock, disk, logFolder: join(root, "logs/iapeer"), about: { version, root }, start, onDefect });
}

/** The page's own files ship as they stand; the chart library is a dependency. */
function assetFile(name: string): string {
  return name.startsWith("uPlot.") ? dependencyFile(`uplot/dist/${name}`) : packageFile(join("lib/web/page", name));
}
