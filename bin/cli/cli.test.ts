import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { decisionLine } from "../../lib/log/index.ts";
import { IapeerError } from "../../lib/model/errors.ts";
import { type CliStage, cliStage, type Http } from "../../test/support/cli.ts";
import { type FakeDaemon, fakeDaemon, SCOUT } from "../../test/support/fake-daemon.ts";

let stage: CliStage;
afterEach(() => stage.close());

async function setUp(daemon: FakeDaemon | null = fakeDaemon(), http?: Http): Promise<FakeDaemon> {
  stage = await cliStage(daemon, http);
  return daemon ?? fakeDaemon();
}

describe("usage", () => {
  test.for([
    [["lst"], "error: unknown command 'lst'\n(Did you mean list?)\n(--help says what is accepted)\n"],
    [["send"], "error: missing required argument 'peer'\n(--help says what is accepted)\n"],
    [["send", "scout", "x", "--topc", "y"], "error: unknown option '--topc'\n(Did you mean --topic?)\n(--help says what is accepted)\n"],
    [
      ["send", "scout", "x", "--timeout", "1m"],
      "error: option '--timeout <seconds>' argument '1m' is invalid. Whole seconds from 1 to 99999 are accepted.\n(--help says what is accepted)\n",
    ],
    [
      ["logs", "--since", "yesterday"],
      "error: option '--since <when>' argument 'yesterday' is invalid. Accepted are 90s, 10m, 2h, 3d or an ISO time such as 2026-01-31T08:00Z.\n(--help says what is accepted)\n",
    ],
    [
      ["create", "x", "--permissions", "yolo"],
      "error: option '--permissions <mode>' argument 'yolo' is invalid. Allowed choices are ask, bypass.\n(--help says what is accepted)\n",
    ],
  ] as const)("%j ends with 2", async ([argv, err]) => {
    const daemon = await setUp();
    expect(await stage.run(argv)).toEqual({ code: 2, out: "", err });
    expect(daemon.calls).toEqual([]);
  });

  test("help of every verb shows an example and asks nothing of the daemon", async () => {
    const daemon = await setUp();
    const verbs = ["up", "daemon", "create", "init", "list", "status", "send", "attach", "stop", "start", "new", "refresh", "reset"];
    for (const verb of [
      ...verbs,
      "interrupt",
      "compact",
      "self-fresh",
      "remove",
      "explain",
      "logs",
      "events",
      "view",
      "doctor",
      "completion",
    ]) {
      const { code, out } = await stage.run([verb, "--help"]);
      expect([verb, code]).toEqual([verb, 0]);
      expect(out).toMatch(new RegExp(`Examples?:\\n  \\$ .*iapeer .*${verb}`));
    }
    expect(daemon.calls).toEqual([]);
  });

  test("without a daemon the message says how to start one", async () => {
    await setUp(null);
    const { code, err } = await stage.run(["list"]);
    expect(code).toBe(1);
    expect(err).toMatch(/^iapeer: no daemon listens on .*control\.sock: start one with "iapeer daemon"/);
  });
});

describe("verbs about one peer", () => {
  test.for([
    ["stop", "stopPeer", 'scout is stopped; "iapeer start scout" lets it wake again'],
    ["start", "startPeer", "scout may wake again"],
    ["new", "renew", "scout is ready: demo-scout, fresh (folder-launch)"],
    ["refresh", "refresh", "the next wake of scout will be fresh"],
    ["reset", "reset", "scout is no longer held"],
    ["interrupt", "interrupt", "interrupted scout"],
    ["compact", "compact", "scout has compacted its context"],
  ] as const)("%s", async ([verb, method, out]) => {
    const daemon = await setUp();
    expect(await stage.run([verb, "scout", "--runtime", "demo"], { env: { PEER_IDENTITY: "claude-boss" } })).toEqual({
      code: 0,
      out: `${out}\n`,
      err: "",
    });
    expect(daemon.calls).toEqual([[method, { personality: "scout", runtime: "demo" }, "claude-boss"]]);
  });

  test("a refusal ends with 1 and says what the daemon said, escaped", async () => {
    await setUp(
      fakeDaemon({
        renew: async () => {
          throw new IapeerError("launch-failed", "no \u001b[31mluck");
        },
      }),
    );
    expect(await stage.run(["new", "scout"])).toEqual({ code: 1, out: "", err: "iapeer: no \\u001b[31mluck\n" });
  });

  test("self-fresh takes the identity of its own session, and needs one", async () => {
    const daemon = await setUp();
    expect(await stage.run(["self-fresh"])).toMatchObject({ code: 1, err: expect.stringContaining("PEER_IDENTITY is not set") });
    expect(await stage.run(["self-fresh"], { env: { PEER_IDENTITY: "demo-scout" } })).toMatchObject({ code: 0 });
    expect(daemon.calls).toEqual([["selfFresh", "demo-scout", "agent"]]);
  });

  test("attach without a terminal is refused before anything is woken", async () => {
    const daemon = await setUp();
    expect(await stage.run(["attach", "scout"])).toMatchObject({ code: 1, err: expect.stringContaining("attach needs a terminal") });
    expect(daemon.calls).toEqual([]);
  });
});

describe("send", () => {
  test("the span of a sender that is traced itself travels along; what is no traceparent does not", async () => {
    const daemon = await setUp();
    const parent = `00-${"1".repeat(32)}-${"2".repeat(16)}-01`;
    for (const TRACEPARENT of [parent, "nonsense"])
      await stage.run(["send", "scout", "hi", "--no-wait", "--id", "mine"], { env: { TRACEPARENT } });
    expect(daemon.calls.map(([, request]) => (request as { trace?: string }).trace)).toEqual([parent, undefined]);
  });

  test("waits for the landing and tells the stages on the side", async () => {
    const daemon = await setUp();
    daemon.onReceipt(({ id, stage: at }) => {
      if (at === "accepted") daemon.settle({ id, identity: "demo-scout", stage: "landed", woke: true });
    });
    expect(await stage.run(["send", "scout", "two", "words", "--topic", "t"], { env: { PEER_PERSONALITY: "boss" } })).toEqual({
      code: 0,
      out: "landed id-1, woke demo-scout\n",
      err: "accepted id-1\n",
    });
    expect(daemon.calls).toEqual([["send", { to: "scout", text: "two words", from: "boss", topic: "t", id: "id-1" }]]);
  });

  test("text from standard input, no wait, JSON", async () => {
    const daemon = await setUp();
    const { code, out, err } = await stage.run(["send", "scout", "-", "--no-wait", "--json", "--id", "mine"], { stdin: "line 1\nline 2" });
    expect([code, JSON.parse(out), err]).toEqual([0, { id: "mine", identity: "demo-scout", stage: "accepted", woke: false }, ""]);
    expect(daemon.calls).toEqual([["send", { to: "scout", text: "line 1\nline 2", id: "mine" }]]);
  });

  test("a landing that does not come in time ends with 1 and says that nothing is lost", async () => {
    await setUp();
    expect(await stage.run(["send", "scout", "hi", "--timeout", "1"])).toEqual({
      code: 1,
      out: "accepted id-1\n",
      err: "accepted id-1\nnot landed within 1 s; the message is kept and will be delivered (repeat with --id id-1 to wait on)\n",
    });
  });

  test("a refused message ends with 1, an empty one is never sent", async () => {
    const daemon = await setUp(
      fakeDaemon({ send: async () => ({ id: "m", identity: "demo-scout", stage: "refused", woke: false, reason: "stopped" }) }),
    );
    expect(await stage.run(["send", "scout", "hi"])).toEqual({ code: 1, out: "refused m: stopped\n", err: "" });
    expect(await stage.run(["send", "scout", "-"], { stdin: " \n" })).toMatchObject({
      code: 1,
      err: expect.stringContaining("there is no text"),
    });
    expect(daemon.calls).toEqual([]);
  });
});

describe("peers", () => {
  test("list is plain when piped, coloured on a terminal, data with --json", async () => {
    await setUp();
    const plain = await stage.run(["list"]);
    expect(plain.out).toBe(
      "PEER   RUNTIME  STATE   ON A MESSAGE  WAITING  IDLE  FOLDER\nscout  demo     asleep  resume        -        -     /home/scout\n",
    );
    expect((await stage.run(["list"], { tty: true })).out).toContain("\u001b[2m○ asleep\u001b[22m");
    const colourless = await stage.run(["list"], { tty: true, env: { NO_COLOR: "1" } });
    expect(colourless.out).toContain("○ asleep");
    expect(colourless.out).not.toContain("\u001b");
    expect(JSON.parse((await stage.run(["list", "--json"])).out)).toEqual([{ ...SCOUT, next: null }]);
  });

  test("a hold is shown with the time left", async () => {
    await setUp(fakeDaemon({ peers: async () => [{ ...SCOUT, state: "held", deaths: 3, heldForSecs: 245 }] }));
    expect((await stage.run(["list"])).out).toContain("held 4m 5s  held back");
  });

  test("create makes a private folder under the root for a bare name, and warns of bypass", async () => {
    const daemon = await setUp();
    const { code, out, err } = await stage.run(["create", "helper", "--runtime", "claude,demo", "--permissions", "bypass"]);
    expect([code, out]).toEqual([
      0,
      `helper is a peer on claude, demo, in ${join(stage.root, "peers/helper")}\nnext: iapeer send helper "hello"\n`,
    ]);
    expect(err).toBe(
      'note: claude is not on your PATH: until the daemon finds it, waking helper is refused\nnote: permissions "bypass": helper runs commands and changes files as you, without asking, on the word of whoever can send it a message\n',
    );
    expect(daemon.calls).toEqual([["register", expect.objectContaining({ personality: "helper", permissions: "bypass" })]]);
  });

  test("init takes the current folder, which must give a name", async () => {
    const daemon = await setUp();
    await mkdir(join(stage.root, "42"));
    expect(await stage.run(["init", "42"])).toMatchObject({
      code: 1,
      err: expect.stringContaining('the folder name "42" gives no peer name'),
    });
    await mkdir(join(stage.root, "Böse Falle"));
    expect(await stage.run(["init", "Böse Falle", "--runtime", "demo", "--json"])).toMatchObject({ code: 0, err: "" });
    expect(daemon.calls).toEqual([["register", expect.objectContaining({ personality: "bose-falle", permissions: "ask" })]]);
  });
});

describe("explain --at", () => {
  const wake = "ev=wake personality=scout identity=demo-scout runtime=demo mode";
  const lines = [
    `ts=2026-01-01T00:00:00.000Z ${wake}=fresh cause=first-wake asked=auto kind=executor parked=false resumable=false topics=0`,
    "ts=2026-01-01T00:00:01.000Z ev=exit identity=demo-scout code=1",
    `ts=2026-01-01T01:00:00.000Z ${wake}=resume cause=idle-reaped-resume asked=auto kind=executor parked=true last=parked resumable=true topics=1`,
  ];

  async function withLog(): Promise<void> {
    await setUp(null);
    const folder = join(stage.root, "logs/iapeer");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "lifecycle.log"), `${lines.join("\n")}\n`);
  }

  test("takes the last wake at or before then, without a daemon", async () => {
    await withLog();
    const causeAt = async (when: string) =>
      JSON.parse((await stage.run(["explain", "scout", "--at", when, "--json"])).out) as { recorded: { cause: string }; at: string };
    expect(await causeAt("2026-01-01T01:00:00Z")).toMatchObject({
      recorded: { cause: "idle-reaped-resume" },
      source: "log",
      missing: expect.any(Array),
    });
    expect(await causeAt("2026-01-01T00:59:59Z")).toMatchObject({ at: "2026-01-01T00:00:00.000Z", recorded: { cause: "first-wake" } });
    expect(await causeAt("10m ago")).toMatchObject({ recorded: { cause: "idle-reaped-resume" } });
    const { code, out, err } = await stage.run(["explain", "demo-scout", "--at", "1m"], { tty: true, columns: 70 });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^demo-scout at 2026-01-01T01:00:00\.000Z: it came up RESUME, because\nidle-reaped-resume\n/);
  });

  test("says what is wrong: no such peer, nothing so early, no time", async () => {
    await withLog();
    const errorOf = async (...argv: string[]) => (await stage.run(["explain", ...argv])).err;
    expect(await errorOf("scot", "--at", "1m")).toBe(
      'iapeer: lifecycle.log holds no wake of "scot"; did you mean "scout"? (it knows scout)\n',
    );
    expect(await errorOf("scout", "--at", "2025-12-31T00:00Z")).toBe(
      "iapeer: no wake of scout is recorded at or before 2025-12-31T00:00:00.000Z; the oldest is at 2026-01-01T00:00:00.000Z\n",
    );
    expect(await errorOf("scout", "--at", "noon")).toContain("argument 'noon' is invalid. Accepted are 90s, 10m, 2h, 3d or an ISO time");
    expect(await errorOf("scout", "--runtime", "claude", "--at", "1m")).toContain('no wake of "scout on claude"');
  });
});

describe("logs", () => {
  const lines = [
    "ts=2026-01-01T00:00:00.000Z ev=wake personality=scout identity=demo-scout mode=fresh cause=first-wake",
    "ts=2026-01-01T00:00:01.000Z ev=exit identity=demo-other code=1",
    "ts=2026-01-01T00:00:02.000Z ev=supervise identity=demo-scout action=reaped-idle",
  ];

  async function withLog(): Promise<void> {
    await setUp();
    const folder = join(stage.root, "logs/iapeer");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "lifecycle.log"), `${lines.join("\n")}\ntorn`);
  }

  test("piped, the lines come as they stand; filters narrow them", async () => {
    await withLog();
    const { out, err } = await stage.run(["logs"]);
    expect([out, err]).toEqual([`${lines.join("\n")}\n`, "1 damaged lines were passed over\n"]);
    expect((await stage.run(["logs", "--peer", "scout", "-n", "1"])).out).toBe(`${lines[2]}\n`);
    expect((await stage.run(["logs", "--ev", "exit,launch"])).out).toBe(`${lines[1]}\n`);
    expect((await stage.run(["logs", "--since", "2026-01-01T00:00:01Z"])).out).toBe(`${lines[1]}\n${lines[2]}\n`);
    expect((await stage.run(["logs", "--since", "10m"])).out).toBe("");
    expect(JSON.parse((await stage.run(["logs", "--ev", "exit", "--json"])).out)).toEqual({
      ts: "2026-01-01T00:00:01.000Z",
      ev: "exit",
      identity: "demo-other",
      code: "1",
    });
  });

  test("on a terminal a decision says why in words", async () => {
    await withLog();
    const { out } = await stage.run(["logs", "--ev", "wake"], { tty: true, env: { NO_COLOR: "1" } });
    expect(out).toContain("demo-scout       fresh because first-wake (never had a session and nothing to resume)");
  });

  test("colours are ours alone: what a value brings is shown as an escape, on one line", async () => {
    await setUp();
    const folder = join(stage.root, "logs/iapeer");
    await mkdir(folder, { recursive: true });
    const line = decisionLine({ at: 0, ev: "notice", fields: { identity: "demo-scout", text: "\u001b[2Jgone\nts=1 ev=forged" } });
    await writeFile(join(folder, "lifecycle.log"), `${line}\n`);
    const { out } = await stage.run(["logs"], { tty: true });
    expect(out).toContain("\u001b[1mnotice   \u001b[22m");
    expect(out).toContain("\\u001b[2Jgone\\nts=1 ev=forged");
    expect(out.split("\n")).toHaveLength(2);
  });

  test("following shows the past and then what comes, each line once", async () => {
    await withLog();
    const interrupted = new AbortController();
    let seen = "";
    const running = stage.run(["logs", "-f", "--peer", "scout"], {
      interrupted: interrupted.signal,
      onOutput: (text) => {
        seen += text;
        if (text.includes("reaped-idle")) {
          setTimeout(
            () => stage.feed.decision({ at: Date.UTC(2026, 0, 2), ev: "stopped", fields: { identity: "demo-scout", by: "ann" } }),
            20,
          );
        }
        if (text.includes("stopped")) interrupted.abort();
      },
    });
    expect(await running).toMatchObject({ code: 0 });
    expect(seen).toBe(`${lines[0]}\n${lines[2]}\nts=2026-01-02T00:00:00.000Z ev=stopped identity=demo-scout by=ann\n`);
  });
});

describe("doctor", () => {
  test("names each problem with the line that mends it, and ends with 1", async () => {
    await setUp();
    const { code, out } = await stage.run(["doctor", "--json"], { env: { IAPEER_IDLE_SECS: "90m" } });
    const findings: { name: string; ok: boolean; detail: string; mend?: string }[] = JSON.parse(out);
    const bad = findings.filter((finding) => !finding.ok);
    expect(code).toBe(1);
    expect(bad.map((finding) => finding.name)).toEqual(["tmux", "settings"]);
    expect(bad.every((finding) => finding.mend)).toBe(true);
    expect(bad[1]?.detail).toContain('IAPEER_IDLE_SECS is "90m" (environment)');
    expect(findings.find((finding) => finding.name === "daemon")).toMatchObject({ ok: true, detail: "1.2.3 runs, pid 7" });
  });
});

describe("view", () => {
  const listening: Http = { http: "http://127.0.0.1:8765", httpProblem: null };
  const taken: Http = { http: null, httpProblem: "port 9 on 127.0.0.1 is taken by another program" };

  test("prints the link with the token of the daemon that runs", async () => {
    await setUp(fakeDaemon(), listening);
    await writeFile(join(stage.root, "state/iapeer/web-token"), "secret");
    expect(await stage.run(["view"])).toEqual({ code: 0, out: "http://127.0.0.1:8765/?token=secret\n", err: "" });
    expect(JSON.parse((await stage.run(["view", "--json"])).out)).toEqual({
      address: "http://127.0.0.1:8765",
      link: "http://127.0.0.1:8765/?token=secret",
    });
  });

  test("says why there is none", async () => {
    await setUp();
    expect(await stage.run(["view"])).toEqual({ code: 1, out: "", err: "iapeer: there is no view: off: IAPEER_HTTP_PORT is off\n" });
  });

  test("a token that is gone is said", async () => {
    await setUp(fakeDaemon(), listening);
    expect(await stage.run(["view"])).toMatchObject({ code: 1, err: expect.stringMatching(/web-token is missing: restart the daemon\n$/) });
  });

  test.for([
    [undefined, true, "off: IAPEER_HTTP_PORT is off"],
    [listening, true, "http://127.0.0.1:8765 (the view and /metrics)"],
    [taken, false, "port 9 on 127.0.0.1 is taken by another program"],
  ] as const)("doctor says where it is, or why not: %j", async ([http, ok, detail]) => {
    await setUp(fakeDaemon(), http);
    const findings: { name: string; ok: boolean; detail: string }[] = JSON.parse((await stage.run(["doctor", "--json"])).out);
    expect(findings.find(({ name }) => name === "http")).toMatchObject({ ok, detail });
  });
});
