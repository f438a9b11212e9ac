import { type Context, Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { reasonOf } from "../model/errors.ts";
import { assetAnswer, type ReadAsset } from "./assets.ts";
import { SPAN_NAMES, type SpanName } from "./contract.ts";
import { eventsAnswer } from "./events.ts";
import type { FleetView } from "./fleet-view.ts";
import { createGuard, type Guard, headers, loopbackOnly } from "./guard.ts";
import { metricsAnswer, type Scrape } from "./metrics.ts";

/** What the listener answers from. */
export interface WebParts {
  /** Opens the view; new with each start of a daemon. */
  readonly token: string;
  /** The port that is listened on. */
  readonly port: () => number;
  readonly view: FleetView;
  readonly scrape: Scrape;
  readonly readAsset: ReadAsset;
  /** Hears of errors that no rule foresees. */
  readonly onDefect: (error: unknown) => void;
}

const MOST_ROWS = 500;

/** Every route of the daemon's loopback listener. */
export function webApp(parts: WebParts): Hono {
  const app = new Hono();
  const guard = createGuard(parts.token, parts.port);
  app.use(...headers, loopbackOnly, methodNotAllowed({ app }));
  app.get("/health", (c) => c.text("ok\n"));
  app.get("/metrics", (c) => metricsAnswer(c, parts.scrape));
  app.get("/assets/:name", (c) => assetAnswer(c, parts.readAsset));
  app.get("/", (c) => pageAnswer(c, guard, parts.readAsset));
  addData(app, guard, parts.view);
  app.notFound((c) => c.text("nothing is here\n", 404));
  app.onError((error, c) => {
    parts.onDefect(error);
    return c.text(`that went wrong: ${reasonOf(error)}\n`, 500);
  });
  return app;
}

/** A token in the address is exchanged for a cookie and leaves the address; the page is for who has the cookie. */
async function pageAnswer(c: Context, guard: Guard, read: ReadAsset): Promise<Response> {
  const token = c.req.query("token");
  if (token !== undefined && (await guard.admit(c, token))) return c.redirect("/", 303);
  if (await guard.knows(c)) return c.html((await read("index.html")) ?? "");
  // A link that was clicked on another site: the browser keeps a strict cookie back, so our own page asks once more.
  if (token === undefined && guard.isForeign(c)) return c.html((await read("once-more.html")) ?? "");
  return c.html((await read("no-token.html")) ?? "", 401);
}

/** What the page shows; nothing of it without the cookie. */
function addData(app: Hono, guard: Guard, view: FleetView): void {
  const known = (answer: (c: Context) => Response) => async (c: Context) =>
    (await guard.knows(c)) ? answer(c) : c.text('this needs the link that "iapeer view" prints\n', 401);
  app.get(
    "/events",
    known((c) => (c.req.method === "HEAD" ? c.body(null) : eventsAnswer(c, view))),
  );
  app.get(
    "/api/history",
    known((c) => {
      const span = c.req.query("span") ?? "day";
      if (!isSpan(span)) return c.text(`span is ${JSON.stringify(span)}: accepted are ${SPAN_NAMES.join(", ")}\n`, 400);
      return c.json(view.history(span));
    }),
  );
  app.get(
    "/api/decisions",
    known((c) => {
      const { before = null, who = null, ev = null, limit = "100" } = c.req.query();
      if (!/^[1-9]\d{0,2}$/.test(limit) || Number(limit) > MOST_ROWS)
        return c.text(`limit is ${JSON.stringify(limit)}: accepted is a whole number from 1 to ${MOST_ROWS}\n`, 400);
      return c.json(view.decisions({ before, who: who || null, ev: ev || null, limit: Number(limit) }));
    }),
  );
}

function isSpan(text: string): text is SpanName {
  return SPAN_NAMES.some((name) => name === text);
}
