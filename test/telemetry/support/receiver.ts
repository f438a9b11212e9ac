import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { type Decoded, decodeRequest, type SeenPoint, type SeenRecord, type SeenSpan } from "./decode.ts";

/** How a receiver behaves: takes everything, is overloaded, never answers, answers what is no answer. */
export type Mode = "ok" | "503" | "hang" | "garbage";

/** An OTLP receiver on the loopback interface. */
export interface Receiver {
  /** Base URL, for `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  mode: Mode;
  /** Every request that came, also those that were not taken. */
  readonly requests: readonly { readonly path: string; readonly encoding: string | undefined; readonly type: string | undefined }[];
  /** What was decoded of the requests taken. */
  readonly decoded: readonly Decoded[];
  /** Bodies of the requests taken that were JSON already: they are not decoded. */
  readonly json: readonly { readonly path: string; readonly text: string }[];
  /** Requests that could not be decoded. */
  readonly problems: readonly string[];
  spans(name?: string): SeenSpan[];
  records(eventName?: string): SeenRecord[];
  /** The points of the newest request that has this metric. */
  points(metric: string): SeenPoint[];
  close(): Promise<void>;
}

export async function createReceiver(mode: Mode = "ok"): Promise<Receiver> {
  const decoded: Decoded[] = [];
  const problems: string[] = [];
  const json: { path: string; text: string }[] = [];
  const requests: { path: string; encoding: string | undefined; type: string | undefined }[] = [];
  const server = createServer(async (request, response) => {
    const encoding = request.headers["content-encoding"];
    requests.push({ path: request.url ?? "", encoding, type: request.headers["content-type"] });
    const body = await bodyOf(request);
    const isJson = request.headers["content-type"]?.startsWith("application/json") === true;
    if (receiver.mode === "ok" && isJson)
      json.push({ path: request.url ?? "", text: (encoding === "gzip" ? gunzipSync(body) : body).toString("utf8") });
    else if (receiver.mode === "ok") {
      try {
        decoded.push(decodeRequest(request.url ?? "", body, encoding));
      } catch (error) {
        problems.push(String(error));
      }
    }
    answer(receiver.mode, response, isJson);
  });
  await listen(server);
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mode,
    requests,
    decoded,
    json,
    problems,
    spans: (name) => decoded.flatMap(({ spans }) => spans).filter((span) => name === undefined || span.name === name),
    records: (event) => decoded.flatMap(({ records }) => records).filter(({ eventName }) => event === undefined || eventName === event),
    points: (metric) =>
      decoded
        .findLast(({ points }) => points.some((point) => point.metric === metric))
        ?.points.filter((point) => point.metric === metric) ?? [],
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

async function listen(server: Server): Promise<void> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function answer(mode: Mode, response: ServerResponse, isJson: boolean): void {
  if (mode === "hang") return;
  if (mode === "503") response.writeHead(503).end();
  else if (mode === "garbage") response.writeHead(200, { "content-type": "text/html" }).end("<html>\u0000\u0001 not a protobuf</html>");
  else response.writeHead(200, { "content-type": isJson ? "application/json" : "application/x-protobuf" }).end(isJson ? "{}" : "");
}

/** A loopback address at which nobody listens. */
export async function deadUrl(): Promise<string> {
  const server = createServer();
  await listen(server);
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
