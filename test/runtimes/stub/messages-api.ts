/**
 * A stand-in for the Anthropic Messages API on loopback, for tests of the real CLI without the network: streams short answers, plays
 * the markers of `script.ts`, and remembers every request so that a test can see what the model would have read, and how often.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { messageEnd, messageStart, textBlock, toolBlock } from "./events.ts";
import { conversationOf, isToolResult, type RequestBody, scriptOf, toolFor, userTexts } from "./script.ts";

export interface SeenRequest {
  readonly at: number;
  readonly conversation: string | null;
  /** Names of the tools on offer; none for the CLI's side errands (titles). */
  readonly tools: readonly string[];
  readonly userTexts: readonly string[];
  readonly body: RequestBody;
}

export interface MessagesApi {
  readonly url: string;
  /** All requests, oldest first. */
  readonly requests: readonly SeenRequest[];
  /** Paths that were asked for and are not part of the API that the stub plays. */
  readonly strays: readonly string[];
  /** User texts of the newest request of a conversation's own turns (no side errands), oldest first. */
  conversation(id: string): readonly string[];
  /** Conversations whose newest turn holds exactly this user text, one entry per occurrence. */
  holding(text: string): readonly string[];
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<RequestBody> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString("utf8") || "{}") as RequestBody;
}

function fail(response: ServerResponse, status: number): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ type: "error", error: { type: "invalid_request_error", message: `scripted ${status}` } }));
}

/** Plays the script of the newest user text; the CLI's side errands (titles) quote that text and play nothing. */
async function answer(response: ServerResponse, body: RequestBody, serial: number): Promise<void> {
  const errand = (body.tools ?? []).length === 0;
  const script = scriptOf(errand || isToolResult(body) ? "" : (userTexts(body).at(-1) ?? ""));
  if (script.status !== 200) return fail(response, script.status);
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
  await pause(script.silentMs);
  const tool = toolFor(script, body.tools?.map(({ name }) => name) ?? [], `toolu_${serial}`);
  const pieces = script.dribbleMs > 0 ? Array.from({ length: 10 }, (_, n) => `word${n} `) : [`reply ${serial}`];
  response.write(messageStart(`msg_${serial}`, body.model ?? "stub"));
  for (const part of textBlock(0, pieces)) {
    response.write(part);
    if (script.dribbleMs > 0) await pause(script.dribbleMs / pieces.length);
  }
  const rest = tool === null ? messageEnd("end_turn") : [...toolBlock(1, tool), ...messageEnd("tool_use")];
  response.end(rest.join(""));
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

/** Starts the stub on a free port of the loopback interface. */
export async function startMessagesApi(): Promise<MessagesApi> {
  const requests: SeenRequest[] = [];
  const strays: string[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    const body = await bodyOf(request);
    if (path !== "/v1/messages") {
      if (path === "/v1/messages/count_tokens") return void response.end(JSON.stringify({ input_tokens: 10 }));
      strays.push(`${request.method} ${path}`);
      return void response.writeHead(404).end();
    }
    const tools = body.tools?.map(({ name }) => name) ?? [];
    requests.push({ at: Date.now(), conversation: conversationOf(body), tools, userTexts: userTexts(body), body });
    await answer(response, body, requests.length);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  const url = await listen(server);
  const conversation = (id: string): readonly string[] =>
    requests.findLast((seen) => seen.conversation === id && seen.tools.length > 0)?.userTexts ?? [];
  return {
    url,
    requests,
    strays,
    conversation,
    holding: (text) => {
      const ids = new Set(requests.map((seen) => seen.conversation).filter((id) => id !== null));
      return [...ids].flatMap((id) =>
        conversation(id)
          .filter((found) => found === text)
          .map(() => id),
      );
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
