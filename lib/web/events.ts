import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { FleetView } from "./fleet-view.ts";

/** An id as we gave it; anything else begins anew. */
const ID = /^[a-z0-9]{1,40}-\d{1,15}$/;

/** The stream of everything that changes, from where the client was (`Last-Event-ID`, or `?from=`). */
export function eventsAnswer(c: Context, view: FleetView): Response {
  const from = c.req.header("last-event-id") ?? c.req.query("from") ?? "";
  const subscription = view.follow(ID.test(from) ? from : null);
  if (subscription === null) return c.text("too many look on already: close another window of this page\n", 503);
  const answer = streamSSE(c, async (stream) => {
    stream.onAbort(subscription.leave);
    for (let events = await subscription.next(); events !== null; events = await subscription.next()) {
      for (const { event, data, id } of events)
        await stream.writeSSE({ event, data: JSON.stringify(data), ...(id !== undefined && { id }) });
    }
    // Also when the client was let go while a write waited for it.
    stream.abort();
  });
  return answer;
}
