import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { IapeerError, reasonOf } from "../model/errors.ts";

export interface HttpListener {
  readonly port: number;
  /** Ends every connection, also those that stream. */
  close(): Promise<void>;
}

export interface HttpOptions {
  /** 0 = any free one. */
  readonly port: number;
  readonly fetch: (request: Request) => Response | Promise<Response>;
}

const HOST = "127.0.0.1";
/** A browser opens six; more than a few of them at once is nobody who looks. */
const MAX_CONNECTIONS = 64;
const HEADERS_WITHIN_MS = 5_000;
const REQUEST_WITHIN_MS = 10_000;

/** Answers HTTP on the loopback interface only. Rejects `port-taken`, `port-refused`. */
export async function listenHttp({ port, fetch }: HttpOptions): Promise<HttpListener> {
  const serverOptions = { headersTimeout: HEADERS_WITHIN_MS, requestTimeout: REQUEST_WITHIN_MS, maxHeaderSize: 16 * 1024 };
  const server = createAdaptorServer({ fetch, hostname: HOST, overrideGlobalObjects: false, serverOptions }) as Server;
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, resolve);
  }).catch((error: unknown) => {
    throw refusal(port, error);
  });
  // What a client does wrong ends its own connection; nothing of it is ours to die of.
  server.on("error", () => {});
  const address = server.address();
  return { port: typeof address === "object" && address !== null ? address.port : port, close: () => close(server) };
}

function refusal(port: number, error: unknown): IapeerError {
  const code = error instanceof Error && "code" in error ? error.code : "";
  if (code === "EADDRINUSE") return new IapeerError("port-taken", `port ${port} on ${HOST} is taken by another program`, { cause: error });
  return new IapeerError("port-refused", `port ${port} on ${HOST} cannot be used: ${reasonOf(error)}`, { cause: error });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
