import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findOnPath } from "../../lib/adapters/node-environment.ts";
import { treeOf } from "./support/files.ts";
import { type CommandResult, createFleet, type Fleet, hasTmux } from "./support/fleet.ts";

const isRoot = process.getuid?.() === 0;
const SECS = "whole seconds from 1 to 315360000, digits only";

/** Logs and the lease's own line are written by whoever is asked, also when the answer is no. */
function changes(before: Record<string, string>, after: Record<string, string>): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter(
    (name) => before[name] !== after[name] && !/^(logs\/iapeer\/lifecycle\.log|state\/iapeer\/lease\.\d+)$/.test(name),
  );
}

/** Runs a command that shall be refused: exit code, one message on standard error, nothing changed on disk. */
async function refused(fleet: Fleet, argv: readonly string[], env: Record<string, string> = {}): Promise<CommandResult> {
  const before = treeOf(fleet.root);
  const result = await fleet.iapeer(argv, env);
  expect(changes(before, treeOf(fleet.root)), "changed on disk").toEqual([]);
  expect(`${result.out}${result.err}`).not.toMatch(/^\s+at /m);
  return result;
}

describe.runIf(hasTmux)("a running daemon is asked for what cannot be", { timeout: 60_000 }, () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await createFleet({ IAPEER_SUPERVISE_SECS: "300" });
    await fleet.start();
    await fleet.create("scout");
    await fleet.create("broken");
    writeFileSync(join(fleet.root, "peers/broken/.iapeer/peer-profile.json"), '{ "personality": "broken",');
    mkdirSync(join(fleet.root, "peers/2nd"));
    mkdirSync(join(fleet.root, "peers/wrong/.iapeer"), { recursive: true });
    const wrong = { personality: "wrong", default_runtime: "demo", runtimes: ["demo"], intelligence: "clever" };
    writeFileSync(join(fleet.root, "peers/wrong/.iapeer/peer-profile.json"), JSON.stringify(wrong));
  });
  afterAll(() => fleet.close());

  test.for(["status", "explain", "stop", "start", "new", "launch", "refresh", "reset", "interrupt", "compact", "remove"])(
    "%s of an unknown peer",
    async (verb) => {
      const said = 'iapeer: no peer "nobody" is registered; `iapeer list` shows those that are\n';
      expect(await refused(fleet, [verb, "nobody"])).toEqual({ code: 1, out: "", err: said });
    },
  );

  test.for(["nobody", "../scout", "Scout", "demo-scout-2", "", "*"])("a message to %j", async (name) => {
    const { code, out } = await refused(fleet, ["send", name, "hi"]);
    expect([code, out]).toEqual([1, expect.stringMatching(/^refused .*(no peer|is no)/)]);
  });

  test.for([
    [["create", "2nd", "--runtime", "demo"], 1, /folder name "2nd" gives no peer name .* starts with a letter/],
    [["create", "🎉", "--runtime", "demo"], 1, /folder name "🎉" gives no peer name/],
    [["create", "other", "--name", "zoe", "--runtime", "demo"], 1, /gives the name other, not zoe/],
    [["create", "other", "--runtime", "nope"], 1, /there is no runtime "nope": known are .*demo/],
    [["init", "peers/nowhere"], 1, /the folder does not exist: .*peers\/nowhere/],
    [["init", "peers/broken"], 1, /peers\/broken\/\.iapeer\/peer-profile\.json.* JSON/],
    [["init", "peers/wrong"], 1, /peers\/wrong\/\.iapeer\/peer-profile\.json.*intelligence.*clever/s],
    [["send", "scout"], 1, /there is no text/],
    [["send", "scout", "x".repeat(16_001)], 1, /16.?001.*16.?000|16.?000/],
    [["send", "scout", "hi", "--topic", "t".repeat(201)], 1, /200/],
    [["send", "scout", "hi", "--attach", "notes.txt"], 1, /notes\.txt.*absolute|absolute.*notes\.txt/],
    [["send", "scout", "hi", "--runtime", "claude"], 1, /claude/],
    [["send", "scout", "hi", "--timeout", "soon"], 2, /'soon' is invalid\. Whole seconds from 1 to 99999/],
    [["logs", "--since", "yesterday"], 2, /'yesterday' is invalid\. Accepted are 90s/],
    [["frobnicate"], 2, /unknown command 'frobnicate'/],
    [["status", "--colour"], 2, /unknown option '--colour'/],
    [["create", "scout", "--permissions", "all"], 2, /'all' is invalid\. Allowed choices are ask, bypass/],
    [["attach", "scout"], 1, /attach needs a terminal/],
    [["self-fresh"], 1, /PEER_IDENTITY is not set/],
  ] as const)("%j", async ([argv, code, message]) => {
    const { out, err, ...result } = await refused(fleet, argv);
    expect(result.code, err).toBe(code);
    expect(`${out}${err}`).toMatch(message);
  });

  test("a second daemon says who holds the root", async () => {
    const { pid } = await fleet.ask<{ pid: number }>("about");
    const { code, err } = await refused(fleet, ["daemon"]);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(new RegExp(`another daemon holds .*: pid ${pid}, epoch 1, .*another IAPEER_ROOT`)),
    ]);
  });

  test("a peer whose profile cannot be read keeps the others working", async () => {
    expect((await fleet.iapeer(["doctor"])).out).toMatch(/FAIL peer broken: .*peers\/broken\/\.iapeer\/peer-profile\.json/);
    expect(await fleet.send("scout", "hi")).toMatchObject({ stage: "landed" });
    await fleet.ask("stop", { peer: "scout" });
  });
});

describe("a daemon that cannot run says why and makes nothing", { timeout: 60_000 }, () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await createFleet();
  });
  afterEach(() => fleet.close());
  const root = (name = "fleet"): string => join(fleet.root, name);
  const daemon = (place: string, env: Record<string, string> = {}): Promise<CommandResult> =>
    refused(fleet, ["--root", place, "daemon"], env);

  test.runIf(hasTmux)("wrong settings in the environment, all at once", async () => {
    const { code, err } = await daemon(root(), { IAPEER_BOOT_DEADLINE_SECS: "90m", IAPEER_IDLE_SEC: "5" });
    expect(code).toBe(1);
    expect(err).toContain(`IAPEER_BOOT_DEADLINE_SECS is "90m" (environment): accepted is ${SECS}`);
    expect(err).toContain("IAPEER_IDLE_SEC (environment) is not a setting: did you mean IAPEER_IDLE_SECS?");
  });

  test.runIf(hasTmux)("wrong settings in config.yaml, with the line", async () => {
    mkdirSync(root());
    writeFileSync(join(root(), "config.yaml"), "# ours\nIAPEER_SUPERVISE_SECS: 0x10\n");
    const { code, err } = await daemon(root());
    expect([code, err]).toEqual([1, `iapeer: IAPEER_SUPERVISE_SECS is "0x10" (${root()}/config.yaml:2): accepted is ${SECS}\n`]);
  });

  test.runIf(hasTmux)("a root whose socket would be too long", async () => {
    const { code, err } = await daemon(root("x".repeat(100)));
    expect([code, err]).toEqual([1, expect.stringMatching(/is \d+ bytes long and at most 10\d work: choose a shorter IAPEER_ROOT/)]);
  });

  test.runIf(hasTmux)("a file where the root, or a folder of it, should be", async () => {
    writeFileSync(root("file"), "");
    expect(await daemon(root("file"))).toMatchObject({
      code: 1,
      err: expect.stringContaining(`the root ${root("file")} cannot be used (it is not a folder)`),
    });
    expect(await daemon(root("file/below"))).toMatchObject({ code: 1, err: expect.stringContaining("ENOTDIR") });
    mkdirSync(root());
    writeFileSync(join(root(), "state"), "");
    expect(await daemon(root())).toMatchObject({
      code: 1,
      err: expect.stringContaining(`${root()}/state/lifecycle cannot be made (ENOTDIR)`),
    });
  });

  test.runIf(hasTmux && process.platform === "linux")("a root where no folder can be made", async () => {
    expect(await daemon("/proc/iapeer")).toMatchObject({ code: 1, err: expect.stringContaining("the root /proc/iapeer cannot be used") });
  });

  test.runIf(hasTmux && (!isRoot || canMount()))(
    `a root that cannot be written (${isRoot ? "a read-only mount" : "mode 0500"})`,
    async () => {
      mkdirSync(root());
      const { code, err } = isRoot ? await readOnlyMount(fleet, root()) : await readOnlyMode(root(), () => daemon(root()));
      expect([code, err]).toEqual([
        1,
        expect.stringMatching(/state.* cannot be made \((EROFS|EACCES)\).*make .* writable, or set IAPEER_ROOT/),
      ]);
    },
  );

  test("no tmux", async () => {
    const { code, err } = await daemon(root(), { PATH: onlyNode(fleet.root) });
    expect([code, err]).toEqual([1, expect.stringMatching(/^iapeer: tmux is not on the PATH\. Run: /)]);
    expect(await refused(fleet, ["--root", root(), "up"], { PATH: onlyNode(fleet.root) })).toMatchObject({ code: 1, err });
  });

  test("a tmux that is too old", async () => {
    const path = onlyNode(fleet.root);
    writeFileSync(join(path, "tmux"), "#!/bin/sh\necho tmux 2.9\n", { mode: 0o755 });
    const { code, err } = await daemon(root(), { PATH: path });
    expect([code, err]).toEqual([1, expect.stringMatching(/tmux is tmux 2\.9; tmux 3\.2 or newer is needed\. Run: /)]);
  });

  test.for([["list"], ["send", "scout", "hi"], ["stop", "scout"], ["status"]])("no daemon: %j", async (argv) => {
    const { code, err } = await refused(fleet, ["--root", root(), ...argv]);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^iapeer: no daemon listens on .*control\.sock: start one with "iapeer daemon"/),
    ]);
  });
});

describe.runIf(hasTmux)("state that cannot be read is kept aside and never taken as empty", { timeout: 60_000 }, () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await createFleet({ IAPEER_SUPERVISE_SECS: "300" });
    const daemon = await fleet.start();
    await fleet.create("scout");
    await fleet.send("scout", "hello", { topic: "alpha" });
    await fleet.ask("stop", { peer: "scout" });
    await fleet.ask("start", { peer: "scout" });
    await fleet.end(daemon);
  });
  afterEach(() => fleet.close());
  const state = (suffix: string): string => join(fleet.root, `state/lifecycle/demo-scout.${suffix}`);

  test.for([
    ["torn", '{"version": 1, "identity": "demo-sc', "not JSON"],
    ["empty", "", "empty"],
    ["of somebody else", null, "states identity demo-other"],
  ] as const)("a .session that is %s: moved aside with one line, and the next wake is fresh", async ([, content, reason]) => {
    const text = content ?? readFileSync(state("session"), "utf8").replace('"identity": "demo-scout"', '"identity": "demo-other"');
    writeFileSync(state("session"), text);
    const daemon = await fleet.start();
    expect(await fleet.line({ ev: "quarantine", identity: "demo-scout" })).toMatchObject({ file: "demo-scout.session", reason });
    expect(readFileSync(state("session.corrupt-1"), "utf8")).toBe(text);
    expect(await fleet.send("scout", "again", { topic: "alpha" })).toMatchObject({ stage: "landed", woke: true });
    expect(await fleet.line({ ev: "wake", identity: "demo-scout" }, 2)).toMatchObject({ mode: "fresh" });
    expect((await fleet.log()).records.filter(({ ev }) => ev === "quarantine")).toHaveLength(1);
    expect(daemon.errors()).not.toMatch(/^\s+at /m);
  });

  test.for(["[1,2", "null", '["yesterday"]', "{}"])("a .deaths of %j counts as one death, not as none", async (text) => {
    writeFileSync(state("deaths"), text);
    await fleet.start();
    expect(
      await fleet.until("the ring to be read", async () =>
        (await fleet.peer("scout")).deaths > 0 ? (await fleet.peer("scout")).deaths : null,
      ),
    ).toBe(1);
    expect(readFileSync(state("deaths.corrupt-1"), "utf8")).toBe(text);
    expect(JSON.parse(readFileSync(state("deaths"), "utf8"))).toHaveLength(1);
    expect(await fleet.line({ ev: "quarantine", identity: "demo-scout" })).toMatchObject({ file: "demo-scout.deaths" });
  });

  test("a registry that cannot be read: every verb about peers names the file, and it stays as it is", async () => {
    const path = join(fleet.root, "peers-profiles.json");
    writeFileSync(path, '{"version": 2, "peers": [{');
    await fleet.start();
    for (const argv of [["list"], ["send", "scout", "hi"], ["create", "other", "--runtime", "demo"]]) {
      const { code, out, err } = await fleet.iapeer(argv);
      expect([code, `${out}${err}`], argv.join(" ")).toEqual([1, expect.stringContaining(path)]);
    }
    expect(readFileSync(path, "utf8")).toBe('{"version": 2, "peers": [{');
    expect(existsSync(join(fleet.root, "peers/other/.iapeer"))).toBe(false);
  });
});

/** A PATH with nothing on it but Node: `up` may install a missing tmux where it finds a package manager. */
function onlyNode(root: string): string {
  const folder = join(root, "only-node");
  if (!existsSync(folder)) {
    mkdirSync(folder);
    symlinkSync(process.execPath, join(folder, "node"));
  }
  return folder;
}

function canMount(): boolean {
  return spawnSync(findOnPath("unshare", process.env) ?? "", ["-m", "true"]).status === 0;
}

/** The superuser writes everywhere but on a read-only file system: one is mounted over the root where only this daemon sees it. */
async function readOnlyMount(fleet: Fleet, root: string): Promise<CommandResult> {
  const before = treeOf(fleet.root);
  const script = 'mount -t tmpfs -o ro none "$1" && exec "$2" "$3" --root "$1" daemon';
  const main = join(import.meta.dirname, "../../bin/iapeer.ts");
  const result = await fleet.run(["unshare", "-m", "sh", "-c", script, "sh", root, process.execPath, main]);
  expect(changes(before, treeOf(fleet.root))).toEqual([]);
  return result;
}

async function readOnlyMode(root: string, act: () => Promise<CommandResult>): Promise<CommandResult> {
  chmodSync(root, 0o500);
  try {
    return await act();
  } finally {
    chmodSync(root, 0o700);
  }
}
