import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, expect, test } from "vitest";
import { type HttpListener, listenHttp } from "./http-listener.ts";

const open: HttpListener[] = [];
afterEach(async () => {
  for (const listener of open.splice(0)) await listener.close();
});

async function listen(port = 0, answer: () => Response = () => new Response("here")): Promise<HttpListener> {
  const listener = await listenHttp({ port, fetch: answer });
  open.push(listener);
  return listener;
}

test("answers on the loopback interface, and on no other", async () => {
  const { port } = await listen();
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("here");
  const others = Object.values(networkInterfaces()).flatMap(
    (all) => all?.filter(({ family, internal }) => family === "IPv4" && !internal) ?? [],
  );
  for (const { address } of others) {
    const socket = connect(port, address);
    const [error] = (await once(socket, "error")) as [Error & { code: string }];
    expect(error.code).toBe("ECONNREFUSED");
  }
});

test("a taken port is one clear error, and the listener that has it goes on", async () => {
  const { port } = await listen();
  await expect(listenHttp({ port, fetch: () => new Response() })).rejects.toMatchObject({
    code: "port-taken",
    message: `port ${port} on 127.0.0.1 is taken by another program`,
  });
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
});

test("closing ends a stream that never ends", async () => {
  const listener = await listen(0, () => new Response(new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from("x")) })));
  const [answer] = await once(request(`http://127.0.0.1:${listener.port}/`).end(), "response");
  await once(answer, "data");
  const gone = once(answer, "error");
  await listener.close();
  await gone;
});

test.for(["GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "NONSENSE\r\n\r\n", "GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n", "\u0000\u0001\r\n\r\n"])(
  "%j ends its own connection only",
  async (text) => {
    const { port } = await listen();
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    socket.end(text);
    socket.resume();
    await once(socket, "close");
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
  },
);
