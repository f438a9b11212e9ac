import { Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { reasonOf } from "../model/errors.ts";
import { headers, loopbackOnly } from "./guard.ts";
import { metricsAnswer, type Scrape } from "./metrics.ts";

/** What the listener answers from. */
export interface WebParts {
  readonly scrape: Scrape;
  /** Hears of errors that no rule foresees. */
  readonly onDefect: (error: unknown) => void;
}

/** Every route of the daemon's loopback listener. */
export function webApp(parts: WebParts): Hono {
  const app = new Hono();
  app.use(...headers, loopbackOnly, methodNotAllowed({ app }));
  app.get("/health", (c) => c.text("ok\n"));
  app.get("/metrics", (c) => metricsAnswer(c, parts.scrape));
  app.notFound((c) => c.text("nothing is here\n", 404));
  app.onError((error, c) => {
    parts.onDefect(error);
    return c.text(`that went wrong: ${reasonOf(error)}\n`, 500);
  });
  return app;
}
