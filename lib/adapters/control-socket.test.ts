import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connectControl, listenControl } from "./control-socket.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "iapeer-socket-"));
});
afterEach(() => rm(folder, { recursive: true }));

function options(root = folder) {
  const state = join(root, "state/iapeer");
  return { socket: join(state, "control.sock"), addressFile: join(state, "control.json"), about: { pid: 1 }, onConnection: () => {} };
}

test("socket and address file are for their owner alone and go away at the end", async () => {
  const { socket, addressFile } = options();
  const listener = await listenControl(options());
  expect((await stat(socket)).mode & 0o777).toBe(0o600);
  expect((await stat(addressFile)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, "state"))).mode & 0o777).toBe(0o700);
  expect(JSON.parse(await readFile(addressFile, "utf8"))).toEqual({ pid: 1 });
  await listener.close();
  expect([existsSync(socket), existsSync(addressFile)]).toEqual([false, false]);
});

test("a socket that somebody seems to listen on is taken over: a suspended daemon accepts connections and answers none", async () => {
  const first = await listenControl(options());
  const reached = Promise.withResolvers<void>();
  const second = await listenControl({ ...options(), onConnection: () => reached.resolve() });
  const connection = await connectControl(options().socket);
  await reached.promise;
  await first.close();
  expect(existsSync(options().socket)).toBe(true);
  connection.close();
  await second.close();
});

test("a socket whose owner was killed is replaced", async () => {
  const { socket } = options();
  await (await listenControl(options())).close();
  const code = `require("net").createServer().listen(${JSON.stringify(socket)}, () => console.log("up"))`;
  const child = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(existsSync(socket)).toBe(true);
  await expect(connectControl(socket)).rejects.toMatchObject({ code: "daemon-not-running" });
  const listener = await listenControl(options());
  (await connectControl(socket)).close();
  await listener.close();
});

test("what a death before the renaming left behind goes away", async () => {
  const state = join(folder, "state/iapeer");
  await mkdir(state, { recursive: true });
  for (const name of ["control.sock.99999", "control.json.99999", "control.json.old", "lease.7"]) await writeFile(join(state, name), "");
  const listener = await listenControl(options());
  await listener.close();
  expect((await readdir(state)).sort()).toEqual(["control.json.old", "lease.7"]);
});

test("closing leaves a successor's socket alone", async () => {
  const { socket } = options();
  const first = await listenControl(options());
  await rm(socket);
  const second = await listenControl(options());
  await first.close();
  (await connectControl(socket)).close();
  await second.close();
});

test("without a daemon the message says how to start one", async () => {
  const { socket } = options();
  await expect(connectControl(socket)).rejects.toMatchObject({
    code: "daemon-not-running",
    message: `no daemon listens on ${socket}: start one with "iapeer daemon" (or "npm start" in the project), or set IAPEER_ROOT to the root of the one that runs`,
  });
});

test("a path that no kernel takes is refused with its length", async () => {
  const root = join(folder, "x".repeat(120));
  await expect(listenControl(options(root))).rejects.toMatchObject({
    code: "socket-path-too-long",
    message: expect.stringMatching(/^the path of the control socket is \d+ bytes long and at most \d+ work: choose a shorter IAPEER_ROOT/),
  });
  expect(existsSync(root)).toBe(false);
});
