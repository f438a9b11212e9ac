import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeClock } from "../../lib/adapters/clock.ts";
import { nodeDisk } from "../../lib/adapters/disk.ts";
import { listenHttp } from "../../lib/adapters/http-listener.ts";
import { dependencyFile, packageFile } from "../../lib/adapters/node-environment.ts";
import { decisionFeed } from "../../lib/control/feed.ts";
import type { PeerStatus } from "../../lib/lifecycle/api.ts";
import type { Decision, EventName, Fields } from "../../lib/model/decision.ts";
import { noTelemetry } from "../../lib/ports/telemetry.ts";
import { createFleetView, webApp } from "../../lib/web/index.ts";

/** The view on a real port in front of scripted peers and decisions, for what would take a real fleet a day. */
export interface ViewStage {
  readonly link: string;
  peers: readonly PeerStatus[];
  /** Nobody answers any more, until the way back. */
  away(): Promise<void>;
  back(): Promise<void>;
  /** As if the daemon had been started anew. */
  renewToken(token: string): void;
  /** A decision is made now. */
  decide(ev: EventName, fields: Fields): void;
  close(): Promise<void>;
}

export async function viewStage(log: string, peers: readonly PeerStatus[], at = 0): Promise<ViewStage> {
  const folder = await mkdtemp(join(tmpdir(), "iapeer-view-"));
  await mkdir(join(folder, "logs"));
  await writeFile(join(folder, "logs/lifecycle.log"), log);
  const [feed, disk, clock] = [decisionFeed(noTelemetry), nodeDisk(), nodeClock()];
  const defects: unknown[] = [];
  const onDefect = (error: unknown): void => void defects.push(error);
  const view = createFleetView({
    daemon: { peers: async () => [...stage.peers] },
    ...{ feed, disk, clock, onDefect, logFolder: join(folder, "logs"), start: "stage" },
    about: { version: "0.1.0", root: "~/.iapeer" },
  });
  let port = 0;
  const readAsset = (name: string): Promise<string | null> =>
    disk.read(name.startsWith("uPlot.") ? dependencyFile(`uplot/dist/${name}`) : packageFile(`lib/web/page/${name}`));
  const appOf = (token: string) => webApp({ token, port: () => port, view, scrape: null, readAsset, onDefect });
  let app = appOf("stage-token");
  const listen = (chosen: number) => listenHttp({ port: chosen, fetch: (request) => app.fetch(request) });
  let listener = await listen(at);
  port = listener.port;
  const stage: ViewStage = {
    link: `http://127.0.0.1:${port}/?token=stage-token`,
    peers,
    away: () => listener.close(),
    back: async () => {
      listener = await listen(port);
    },
    renewToken: (token) => {
      app = appOf(token);
    },
    decide: (ev, fields) => {
      const decision: Decision = { at: clock.wallMs(), ev, fields };
      feed.decision(decision);
    },
    close: async () => {
      view.close();
      await listener.close();
      await rm(folder, { recursive: true });
      if (defects.length > 0) throw new AggregateError(defects, "the view met defects");
    },
  };
  return stage;
}
