import { describe, expect, test } from "vitest";
import { type BringUp, HostError, type RuntimeSession, type Screen } from "../../ports/index.ts";
import { type BootSight, type BootTui, bringUpTui } from "./bring-up.ts";

const SESSION: RuntimeSession = { identity: "x-y", instance: "i", process: null, cwd: "/", reference: "ref", launchedAt: 0 };

type Frame = BootSight["kind"] | "gone" | "slow" | `ended:${string}`;

/**
 * A boot as a list of screens, one per look, the last one staying; and what was pressed. `booting`: the runtime says nothing about a turn
 * until its composer is there.
 */
function boot(frames: readonly Frame[], turn: "idle" | "busy" | "unknown" | "booting" = "idle") {
  const keys: string[] = [];
  const blocked: string[] = [];
  let now = 0;
  let looks = 0;
  const sight = (frame: string): BootSight => {
    if (frame === "answer") return { kind: "answer", dialog: "d", key: "Enter" };
    if (frame === "person") return { kind: "person", reason: "log in" };
    if (frame === "rejected" || frame === "failed") return { kind: frame, reason: "said so" };
    return frame === "composer" ? { kind: "composer" } : { kind: "wait" };
  };
  const tui: BootTui = {
    clock: {
      wallMs: () => now,
      monoMs: () => now,
      bootMs: () => now,
      after: (ms, task) => {
        const handle = setImmediate(() => {
          now += ms;
          task();
        });
        return { cancel: () => clearImmediate(handle) };
      },
    },
    terminal: {
      screen: async (): Promise<Screen> => {
        const frame = frames[Math.min(looks++, frames.length - 1)] ?? "wait";
        if (frame === "slow") throw new HostError("terminal-failed", "timed out");
        if (frame === "gone" || frame.startsWith("ended:")) throw new HostError("terminal-gone", "no pane");
        return { lines: [frame], title: "", cursor: { row: 0, column: 0 } };
      },
      lastScreen: async () => {
        const [, words] = (frames[Math.max(0, Math.min(looks, frames.length) - 1)] ?? "").split("ended:");
        return words === undefined ? null : { lines: ["", ...words.split("|"), ""], title: "", cursor: { row: 0, column: 0 } };
      },
      paste: async () => {},
      keys: async (_session, ...names) => void keys.push(...names),
    },
    view: () => ({ composer: { state: "empty" }, dialog: null, turn: "unknown" }),
    turn: async () => (turn !== "booting" ? turn : frames[Math.min(looks, frames.length) - 1] === "composer" ? "idle" : "unknown"),
    landedAt: async () => null,
    boot: (_session, screen) => sight(screen.lines.find((line) => line !== "") ?? ""),
    gone: async (_session, reason): Promise<BringUp> => ({ state: "failed", reason }),
    reference: async () => "now",
  };
  const stop = new AbortController();
  const run = () => bringUpTui(tui, SESSION, stop.signal, (reason) => blocked.push(reason));
  return { keys, blocked, stop, run, looks: () => looks };
}

describe("ready", () => {
  test("is a composer seen twice with a turn that is known, and carries the current reference", async () => {
    const { run, looks } = boot(["wait", "composer"]);
    expect(await run()).toEqual({ state: "ready", reference: "now" });
    expect(looks()).toBe(3);
  });

  test("also while a turn runs: a session that is adopted has long come up", async () => {
    expect(await boot(["composer"], "busy").run()).toMatchObject({ state: "ready" });
  });

  test("is not a composer of which the runtime does not say what it does", async () => {
    const { run, stop } = boot(["composer"], "unknown");
    setTimeout(() => stop.abort(), 20);
    expect(await run()).toEqual({ state: "aborted" });
  });
});

describe("dialogs", () => {
  test("get one key only after they stood still for two looks", async () => {
    const { run, keys } = boot(["answer", "answer", "composer", "composer"], "booting");
    expect(await run()).toMatchObject({ state: "ready" });
    expect(keys).toEqual(["Enter"]);
  });

  test("a key that was swallowed is pressed again, but not to a CLI that only takes its time to read the first", async () => {
    const slow = boot([...Array<Frame>(18).fill("answer"), "composer"], "booting");
    await slow.run();
    expect(slow.keys).toEqual(["Enter"]);
    const swallowing = boot([...Array<Frame>(30).fill("answer"), "composer"], "booting");
    await swallowing.run();
    expect(swallowing.keys).toEqual(["Enter", "Enter"]);
  });

  test("a dialog in a session that is running already gets no key, whatever it looks like", async () => {
    const { run, keys, blocked, stop } = boot(["answer"], "idle");
    setTimeout(() => stop.abort(), 20);
    await run();
    expect(keys).toEqual([]);
    expect(blocked).toEqual([expect.stringContaining("running already")]);
  });

  test("a dialog that understands no key becomes a person's", async () => {
    const { run, keys, blocked, stop } = boot(["answer"], "booting");
    const watch = setInterval(() => blocked.length > 0 && stop.abort(), 1);
    await run();
    clearInterval(watch);
    expect(keys).toHaveLength(5);
    expect(blocked).toEqual([expect.stringContaining("does not react")]);
  });

  test("a person's dialog is reported once, gets no key, and the wait goes on until it is answered", async () => {
    const { run, keys, blocked } = boot([...Array<Frame>(50).fill("person"), "composer"]);
    expect(await run()).toMatchObject({ state: "ready" });
    expect(blocked).toEqual(["log in"]);
    expect(keys).toEqual([]);
  });

  test("an unknown screen that stands still is reported, with its last line", async () => {
    const { run, blocked } = boot([...Array<Frame>(200).fill("wait"), "composer"]);
    await run();
    expect(blocked).toEqual([expect.stringContaining("an unknown screen stands still: wait")]);
  });
});

describe("ends", () => {
  test("the same words in a session that is running already are none", async () => {
    const { run, stop } = boot(["failed"], "idle");
    setTimeout(() => stop.abort(), 20);
    expect(await run()).toEqual({ state: "aborted" });
  });

  test("words of the CLI are a verdict", async () => {
    expect(await boot(["rejected"], "unknown").run()).toEqual({ state: "resume-rejected", reason: "said so" });
    expect(await boot(["failed"], "unknown").run()).toEqual({ state: "failed", reason: "said so" });
  });

  test("a terminal that does not answer once is looked at again; one that is gone is an end", async () => {
    expect(await boot(["gone", "gone", "composer"]).run()).toMatchObject({ state: "ready" });
    expect(await boot(["gone"]).run()).toEqual({ state: "failed", reason: "no pane" });
    expect(await boot([...Array<Frame>(20).fill("slow"), "composer"]).run()).toMatchObject({ state: "ready" });
  });

  test("the last words of a session that ended are the verdict, or are quoted in it; also when its end aborted the bring-up", async () => {
    expect(await boot(["ended:rejected"]).run()).toEqual({ state: "resume-rejected", reason: "said so" });
    expect(await boot(["ended:failed"]).run()).toEqual({ state: "failed", reason: "said so" });
    const panicked = { state: "failed", reason: "it ended with the words: panic: no disk / at line 3" };
    expect(await boot(["wait", "ended:panic: no disk|  at line 3"]).run()).toEqual(panicked);
    const overtaken = boot(["ended:panic: no disk|  at line 3"]);
    overtaken.stop.abort();
    expect(await overtaken.run()).toEqual(panicked);
  });

  test("an abort ends it, unless the screen positively says that there is nothing to resume", async () => {
    const plain = boot(["wait"]);
    plain.stop.abort();
    expect(await plain.run()).toEqual({ state: "aborted" });
    const rejected = boot(["rejected"], "unknown");
    rejected.stop.abort();
    expect(await rejected.run()).toMatchObject({ state: "resume-rejected" });
  });
});
