import { closest } from "fastest-levenshtein";
import { z } from "zod";
import { IapeerError, reasonOf } from "../model/errors.ts";
import { type Connection, type ControlRequest, PROTOCOL, readRequest } from "./protocol.ts";
import { VERBS, type VerbParts } from "./verbs.ts";

/** One client may have this many requests under way; more are refused, so that a runaway client costs nobody else. */
const MAX_OPEN = 64;

/** Answers the requests of every connection handed to it, each as soon as it is done. Nothing that a client sends makes it throw. */
export function serveControl(parts: VerbParts): (connection: Connection) => void {
  return (connection) => {
    const gone = new AbortController();
    let open = 0;
    connection.onClose(() => gone.abort());
    connection.onLine((line) => {
      const request = readRequest(line);
      const write = (reply: object): void => connection.send(JSON.stringify({ id: request?.id ?? null, ...reply }));
      if (request === null) return write({ error: { code: "bad-request", message: `not a request: ${line.slice(0, 80)}` } });
      if (open >= MAX_OPEN)
        return write({ error: { code: "busy", message: `more than ${MAX_OPEN} requests are under way on this connection` } });
      open += 1;
      const emit = (event: unknown): void => write({ event });
      perform(parts, request, { emit, gone: gone.signal })
        .then((result) => write({ ok: true, result: result ?? null }))
        .catch((error: unknown) => write({ error: { code: codeOf(error), message: reasonOf(error) } }))
        .finally(() => {
          open -= 1;
        });
    });
  };
}

async function perform(
  parts: VerbParts,
  request: ControlRequest,
  call: { emit: (event: unknown) => void; gone: AbortSignal },
): Promise<unknown> {
  if (request.v !== PROTOCOL) {
    throw new IapeerError(
      "version-mismatch",
      `the daemon (${parts.about.version}) speaks protocol ${PROTOCOL}, this program protocol ${request.v}: restart the daemon with the version that you use`,
    );
  }
  const verb = Object.hasOwn(VERBS, request.verb) ? VERBS[request.verb] : undefined;
  if (!verb) throw new IapeerError("bad-request", `no verb "${request.verb}": did you mean ${closest(request.verb, Object.keys(VERBS))}?`);
  const args = verb.args.safeParse(request.args);
  if (!args.success) throw new IapeerError("bad-request", `${request.verb}: ${z.prettifyError(args.error).replaceAll("\n", " ")}`);
  return verb.run(parts, args.data as never, call);
}

function codeOf(error: unknown): string {
  const code = error !== null && typeof error === "object" && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "internal";
}
