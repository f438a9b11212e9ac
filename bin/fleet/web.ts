import { reasonOf } from "../../lib/model/errors.ts";
import type { Settings } from "../../lib/model/settings.ts";
import { USUAL_PORT } from "../../lib/web/link.ts";
import type { Scrape } from "../../lib/web/metrics.ts";

/** The loopback listener of a daemon, or why there is none. */
export interface RunningWeb {
  /** `http://127.0.0.1:8765`, or null. */
  readonly address: string | null;
  readonly problem: string | null;
  close(): Promise<void>;
}

export interface WebRequest {
  readonly http: Settings["http"];
  readonly scrape: Scrape;
  readonly onDefect: (error: unknown) => void;
}

/** Never rejects: the lifecycle goes on without a listener. What it needs is loaded here, so that verbs and a switched-off view cost nothing. */
export async function startWeb(request: WebRequest): Promise<RunningWeb> {
  if (request.http === "off") return none("off: IAPEER_HTTP_PORT is off");
  try {
    return await start(request.http, request);
  } catch (error) {
    return none(`${reasonOf(error)}: IAPEER_HTTP_PORT is ${request.http}; choose another port, or off`);
  }
}

function none(problem: string): RunningWeb {
  return { address: null, problem, close: async () => {} };
}

async function start(port: number | "auto", { scrape, onDefect }: WebRequest): Promise<RunningWeb> {
  const [{ listenHttp }, { webApp }] = await Promise.all([import("../../lib/adapters/http-listener.ts"), import("../../lib/web/app.ts")]);
  const app = webApp({ scrape, onDefect });
  const listen = (chosen: number) => listenHttp({ port: chosen, fetch: (asked) => app.fetch(asked) });
  const listener = port === "auto" ? await listen(USUAL_PORT).catch(() => listen(0)) : await listen(port);
  return { address: `http://127.0.0.1:${listener.port}`, problem: null, close: () => listener.close() };
}
