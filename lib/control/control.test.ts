import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { type FakeDaemon, fakeDaemon, SCOUT } from "../../test/support/fake-daemon.ts";
import { memoryDisk } from "../../test/support/memory-disk.ts";
import { realClock } from "../../test/support/real-clock.ts";
import { connectControl, listenControl } from "../adapters/control-socket.ts";
import { peerDirectory } from "../peers/index.ts";
import { noTelemetry } from "../ports/telemetry.ts";
import { createStorage } from "../storage/index.ts";
import { type Connection, controlClient, decisionFeed, PROTOCOL, receiptFeed, serveControl } from "./index.ts";

const cleanUps: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function setUp(daemon: FakeDaemon = fakeDaemon()) {
  const folder = await mkdtemp(join(tmpdir(), "iapeer-control-"));
  cleanUps.push(() => rm(folder, { recursive: true }));
  const disk = memoryDisk();
  const storage = createStorage(disk, "test");
  const feed = decisionFeed(noTelemetry);
  let ids = 0;
  const serve = serveControl({
    daemon,
    feed,
    storage,
    directory: peerDirectory(storage, "/root"),
    runtimes: ["demo", "claude"],
    receipts: receiptFeed(daemon),
    clock: realClock,
    newId: () => `id-${++ids}`,
    about: { version: "1.2.3", pid: 7, root: "/root", http: null, httpProblem: "off: IAPEER_HTTP_PORT is off" },
  });
  const [socket, addressFile] = [join(folder, "control.sock"), join(folder, "control.json")];
  const listener = await listenControl({ socket, addressFile, about: { pid: 7 }, onConnection: serve });
  cleanUps.push(() => listener.close());
  const connect = async (): Promise<Connection> => {
    const connection = await connectControl(socket);
    cleanUps.push(() => connection.close());
    return connection;
  };
  return { daemon, disk, feed, connect, listener, client: controlClient(await connect(), realClock) };
}

/** Lines as they come, for requests that our own client would never send. */
async function rawAnswer(connection: Connection, line: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    connection.onLine((answer) => resolve(JSON.parse(answer)));
    connection.onClose(() => reject(new Error("closed without an answer")));
    connection.send(line);
  });
}

describe("verbs", () => {
  test("reach the daemon with peer, runtime and who asks; answers come back", async () => {
    const { client, daemon } = await setUp();
    expect(await client.call("stop", { peer: "scout", runtime: "demo", by: "ann" })).toBe(null);
    expect(await client.call("new", { peer: "scout" })).toEqual({
      identity: "demo-scout",
      instance: "i1",
      mode: "fresh",
      cause: "folder-launch",
    });
    expect(await client.call("compact", { peer: "scout" })).toBe(true);
    expect(daemon.calls).toEqual([
      ["stopPeer", { personality: "scout", runtime: "demo" }, "ann"],
      ["renew", { personality: "scout" }, "cli"],
      ["compact", { personality: "scout" }, "cli"],
    ]);
    expect(await client.call("peers")).toEqual([SCOUT]);
    expect(await client.call("about")).toEqual({
      version: "1.2.3",
      pid: 7,
      root: "/root",
      http: null,
      httpProblem: "off: IAPEER_HTTP_PORT is off",
      log: null,
    });
  });

  test("the daemon's refusal arrives with code and message", async () => {
    const { client } = await setUp();
    await expect(client.call("peer", { peer: "nobody" })).rejects.toMatchObject({
      name: "IapeerError",
      code: "unknown-peer",
      message: 'no peer is called "nobody"',
    });
  });

  test("slow verbs do not hold up others on the same connection", async () => {
    const gate = Promise.withResolvers<void>();
    const { client } = await setUp(fakeDaemon({ refresh: () => gate.promise }));
    const slow = client.call("refresh", { peer: "scout" });
    expect(await client.call("peers")).toHaveLength(1);
    gate.resolve();
    expect(await slow).toBe(null);
  });

  test("create writes the profile, then registers; a clash writes nothing", async () => {
    const { client, daemon, disk } = await setUp();
    const profile = await client.call("create", { cwd: "/home/My Scout", makeFolder: true, runtimes: ["demo"], description: "d" });
    expect(profile).toMatchObject({ personality: "my-scout", defaultRuntime: "demo", permissions: "ask" });
    expect(JSON.parse(disk.files.get("/home/My Scout/.iapeer/peer-profile.json") ?? "")).toMatchObject({ personality: "my-scout" });
    expect(daemon.calls.map(([method]) => method)).toEqual(["register"]);
    const before = [...disk.files.keys()];
    for (const [args, code] of [
      [{ cwd: "/home/2nd", makeFolder: true }, "bad-name"],
      [{ cwd: "/home/gone" }, "missing-cwd"],
      [{ cwd: "/home/My Scout", personality: "other" }, "bad-name"],
      [{ cwd: "/home/My Scout", runtimes: ["clod"] }, "unknown-runtime"],
      [{ cwd: "relative" }, "bad-request"],
    ] as const) {
      await expect(client.call("create", args)).rejects.toMatchObject({ code });
    }
    expect([...disk.files.keys()]).toEqual(before);
    expect(disk.folders.has("/home/2nd")).toBe(false);
  });
});

describe("streams", () => {
  test("send with a wait tells every stage and ends with the final one", async () => {
    const { client, daemon } = await setUp();
    const stages: string[] = [];
    const onEvent = (event: unknown): void => {
      const { stage, id } = event as { stage: string; id: string };
      stages.push(stage);
      if (stage === "accepted") daemon.settle({ id, identity: "demo-scout", stage: "landed", woke: true });
    };
    const receipt = await client.call("send", { to: "scout", text: "hi", topic: "t", waitMs: 5_000 }, { onEvent });
    expect(receipt).toEqual({ id: "id-1", identity: "demo-scout", stage: "landed", woke: true });
    expect(stages).toEqual(["accepted", "landed"]);
    expect(daemon.calls).toEqual([["send", { to: "scout", text: "hi", topic: "t", id: "id-1" }]]);
  });

  test("a wait that is too short ends with what is known", async () => {
    const { client } = await setUp();
    expect(await client.call("send", { to: "scout", text: "hi", id: "mine", waitMs: 20 })).toMatchObject({ id: "mine", stage: "accepted" });
    expect(await client.call("receipt", { id: "mine" })).toMatchObject({ stage: "accepted" });
  });

  test("events arrive as log lines, filtered, until the client leaves", async () => {
    const { client, connect, feed } = await setUp();
    const lines: string[] = [];
    const listening = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();
    const onEvent = (event: unknown): void => {
      const { line } = event as { line?: string };
      if (line === undefined) listening.resolve();
      else lines.push(line);
      if (lines.length === 2) second.resolve();
    };
    const stream = client.call("events", { identity: "demo-scout", ev: ["wake", "exit"] }, { timeoutMs: 0, onEvent });
    await listening.promise;
    feed.decision({ at: 0, ev: "wake", fields: { identity: "demo-scout", cause: "first-wake" } });
    feed.decision({ at: 0, ev: "wake", fields: { identity: "demo-other" } });
    feed.decision({ at: 0, ev: "deliver", fields: { identity: "demo-scout" } });
    feed.decision({ at: 1, ev: "exit", fields: { identity: "demo-scout", code: 1 } });
    await second.promise;
    expect(lines).toEqual([
      "ts=1970-01-01T00:00:00.000Z ev=wake identity=demo-scout cause=first-wake",
      "ts=1970-01-01T00:00:00.001Z ev=exit identity=demo-scout code=1",
    ]);
    client.close();
    await expect(stream).rejects.toMatchObject({ code: "connection-lost" });
    expect(await controlClient(await connect(), realClock).call("peers")).toHaveLength(1);
  });
});

describe("what goes wrong", () => {
  test.for([
    ["nonsense", "bad-request", "not a request: nonsense"],
    ["{}", "bad-request", "not a request: {}"],
    [JSON.stringify({ v: PROTOCOL, id: 1, verb: "stopp" }), "bad-request", 'no verb "stopp": did you mean stop?'],
    [JSON.stringify({ v: PROTOCOL, id: 1, verb: "constructor" }), "bad-request", /^no verb "constructor"/],
    [JSON.stringify({ v: PROTOCOL, id: 1, verb: "stop", args: {} }), "bad-request", /^stop: .*peer/],
    [JSON.stringify({ v: PROTOCOL, id: 1, verb: "stop", args: { peer: "a", force: true } }), "bad-request", /force/],
    [
      JSON.stringify({ v: PROTOCOL + 1, id: 1, verb: "peers" }),
      "version-mismatch",
      `the daemon (1.2.3) speaks protocol ${PROTOCOL}, this program protocol ${PROTOCOL + 1}: restart the daemon with the version that you use`,
    ],
  ] as const)("%s is refused", async ([line, code, message]) => {
    const { connect } = await setUp();
    const answer = await rawAnswer(await connect(), line);
    expect(answer).toMatchObject({ error: { code, message: typeof message === "string" ? message : expect.stringMatching(message) } });
  });

  test("an endless line ends that connection and no other", async () => {
    const { client, connect } = await setUp();
    const greedy = controlClient(await connect(), realClock);
    await expect(greedy.call("send", { to: "scout", text: "x".repeat(2_000_000) })).rejects.toMatchObject({
      code: "bad-request",
      message: "the daemon refused: a line is longer than 1048576 bytes",
    });
    expect(await client.call("peers")).toHaveLength(1);
  });

  test("no answer in time is said to be so, and a daemon that goes away too", async () => {
    const { client, listener } = await setUp(fakeDaemon({ refresh: () => new Promise(() => {}) }));
    await expect(client.call("refresh", { peer: "scout" }, { timeoutMs: 20 })).rejects.toMatchObject({
      code: "timeout",
      message: 'no answer to "refresh" within 0.02 s; the daemon may still be at it: see "iapeer status"',
    });
    const waiting = client.call("refresh", { peer: "scout" });
    await listener.close();
    await expect(waiting).rejects.toMatchObject({ code: "connection-lost" });
    await expect(client.call("peers")).rejects.toMatchObject({ code: "connection-lost" });
  });
});
