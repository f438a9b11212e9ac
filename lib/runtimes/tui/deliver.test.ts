import { describe, expect, test } from "vitest";
import { type Clock, HostError, type RuntimeSession } from "../../ports/index.ts";
import { composeEnvelope } from "../envelope.ts";
import { deliverByPaste } from "./deliver.ts";
import type { Tui, View } from "./view.ts";

const SESSION: RuntimeSession = { identity: "x-y", instance: "i", process: null, cwd: "/", reference: null, launchedAt: 0 };
const MESSAGE = { id: "m1", text: composeEnvelope({ id: "m1", from: "boss", text: "hello" }) };

/** A clock on which waiting takes no time at all. */
function instantClock(): Clock {
  let now = 0;
  return {
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
  };
}

interface Cli {
  composer: string;
  turn: View["turn"];
  dialog: string | null;
  /** Presses of Enter that do nothing. */
  swallows: number;
  /** Keys wait unread until this time (ms). */
  stalledUntil: number;
  pasteShows: boolean;
  records: boolean;
  hidden: boolean;
  /** The dialog that the work of a message opens at once. */
  asks: string | null;
}

/** A CLI with one line of input, some faults, and a log of what was done to it. */
function scripted(over: Partial<Cli> = {}) {
  const cli: Cli = {
    composer: "",
    turn: "idle",
    dialog: null,
    swallows: 0,
    stalledUntil: 0,
    pasteShows: true,
    records: true,
    hidden: false,
    asks: null,
    ...over,
  };
  const done: string[] = [];
  const recorded: string[] = [];
  const unread: string[] = [];
  const answered: string[] = [];
  let atHome = false;
  const press = (key: string): void => {
    if (cli.dialog !== null && key === "Enter") answered.push(key);
    if (cli.dialog !== null) return;
    if (key === "Home" || key === "End") atHome = key === "Home";
    if (key === "C-u") cli.composer = "";
    if (key !== "Enter" || cli.composer === "") return;
    if (cli.swallows-- > 0) return;
    if (cli.records) recorded.push(cli.composer);
    cli.composer = "";
    cli.dialog = cli.asks;
  };
  /** A CLI that stalls shows what it was, and reads all that waits once it goes on. */
  const read = (): void => {
    if (tui.clock.monoMs() >= cli.stalledUntil) for (const key of unread.splice(0)) press(key);
  };
  const tui: Tui = {
    clock: instantClock(),
    terminal: {
      screen: async () => {
        read();
        return { lines: [], title: "", cursor: { row: 0, column: atHome ? 2 : 2 + cli.composer.length } };
      },
      lastScreen: async () => null,
      paste: async (_session, text) => {
        done.push("paste");
        if (cli.pasteShows) cli.composer += text;
      },
      keys: async (_session, ...names) => {
        done.push(...names);
        unread.push(...names);
        read();
      },
    },
    view: () => ({
      composer: cli.hidden
        ? { state: "hidden" }
        : cli.composer === ""
          ? { state: "empty" }
          : { state: "text", text: cli.composer, collapsed: false },
      dialog: cli.dialog,
      turn: "unknown",
    }),
    turn: async () => cli.turn,
    landedAt: async (_session, id) => (recorded.some((text) => text.includes(id)) ? tui.clock.wallMs() : null),
  };
  const deliver = (signal = new AbortController().signal) => deliverByPaste(tui, SESSION, MESSAGE, 20_000, signal);
  return { cli, done, recorded, answered, tui, deliver };
}

describe("nothing is typed", () => {
  test.each([
    ["a turn runs", { turn: "busy" }, "busy"],
    ["a person has typed something", { composer: "draft" }, "busy"],
    ["nobody can tell what it does", { turn: "unknown" }, "busy"],
    ["a dialog is open", { dialog: "trust" }, "blocked"],
    ["the runtime waits for a person", { turn: "waiting" }, "blocked"],
    ["the composer is out of sight", { hidden: true }, "blocked"],
  ] as const)("when %s", async (_what, state, outcome) => {
    const { done, deliver } = scripted(state);
    expect(await deliver()).toMatchObject({ state: outcome });
    expect(done).toEqual([]);
  });

  test("when it was aborted before, or landed before", async () => {
    const aborted = scripted();
    expect(await aborted.deliver(AbortSignal.abort())).toEqual({ state: "aborted" });
    const landed = scripted();
    landed.recorded.push(MESSAGE.text);
    expect(await landed.deliver()).toMatchObject({ state: "landed" });
    expect([aborted.done, landed.done]).toEqual([[], []]);
  });
});

describe("a message lands", () => {
  test("by one paste and one Enter", async () => {
    const { done, deliver, recorded } = scripted();
    expect(await deliver()).toMatchObject({ state: "landed" });
    expect(done).toEqual(["paste", "Enter"]);
    expect(recorded).toEqual([MESSAGE.text]);
  });

  test("though Enter is swallowed at first: it is pressed again, the paste is not repeated", async () => {
    const { done, deliver, recorded } = scripted({ swallows: 2 });
    expect(await deliver()).toMatchObject({ state: "landed" });
    expect(done).toEqual(["paste", "Enter", "Home", "End", "Enter", "Home", "End", "Enter"]);
    expect(recorded).toHaveLength(1);
  });

  test("though the composer is out of sight for a moment, as on a screen that is drawn anew", async () => {
    const { cli, tui, deliver, recorded } = scripted({ hidden: true });
    const { screen } = tui.terminal;
    tui.terminal.screen = async (session) => {
      cli.hidden = tui.clock.monoMs() < 500;
      return screen(session);
    };
    expect(await deliver()).toMatchObject({ state: "landed" });
    expect(recorded).toEqual([MESSAGE.text]);
  });

  test("though text of ours was left behind: that goes first", async () => {
    const { deliver, recorded } = scripted({ composer: "[iapeer message m0 from boss]" });
    expect(await deliver()).toMatchObject({ state: "landed" });
    expect(recorded).toEqual([MESSAGE.text]);
  });
});

test("a message whose own work opens a dialog before the record shows it has landed all the same", async () => {
  const { cli, tui, done, deliver } = scripted();
  const { keys } = tui.terminal;
  tui.terminal.keys = async (session, ...names) => {
    await keys(session, ...names);
    cli.dialog = "permission";
  };
  const { landedAt } = tui;
  tui.landedAt = async (session, id) => (tui.clock.monoMs() > 3_000 ? landedAt(session, id) : null);
  expect(await deliver()).toMatchObject({ state: "landed" });
  expect(done).toEqual(["paste", "Enter"]);
});

test("a CLI that stalls before it reads Enter gets no second one, which would answer the first question of the message's work", async () => {
  const { answered, done, deliver } = scripted({ stalledUntil: 4_000, asks: "permission" });
  expect(await deliver()).toMatchObject({ state: "landed" });
  expect(answered).toEqual([]);
  expect(done.filter((key) => key === "Enter")).toHaveLength(1);
});

describe("without proof nothing is claimed", () => {
  test("Enter that never works is given up after a bounded number, and the composer is left empty", async () => {
    const { cli, done, deliver } = scripted({ swallows: Number.POSITIVE_INFINITY });
    expect(await deliver()).toEqual({ state: "unconfirmed", reason: "no record of the message after Enter; the composer was cleared" });
    expect(done.filter((key) => key === "Enter")).toHaveLength(5);
    expect(cli.composer).toBe("");
  });

  test("a message that left the composer but is nowhere recorded is unconfirmed", async () => {
    const { deliver } = scripted({ records: false });
    expect(await deliver()).toEqual({ state: "unconfirmed", reason: "no record of the message after Enter" });
  });

  test("a paste that never shows is not followed by Enter", async () => {
    const { done, deliver } = scripted({ pasteShows: false });
    expect(await deliver()).toMatchObject({ state: "unconfirmed", reason: "the pasted text never showed" });
    expect(done).toEqual(["paste"]);
  });

  test("a dialog that opens after the paste gets no Enter", async () => {
    const { cli, done, tui, deliver } = scripted();
    const paste = tui.terminal.paste;
    tui.terminal.paste = async (session, text) => {
      await paste(session, text);
      cli.dialog = "permission";
    };
    expect(await deliver()).toMatchObject({ state: "unconfirmed" });
    expect(done).not.toContain("Enter");
  });

  test("a terminal that is gone is unconfirmed, with its words", async () => {
    const { tui, deliver } = scripted();
    tui.terminal.screen = () => Promise.reject(new HostError("terminal-gone", "no such pane"));
    expect(await deliver()).toEqual({ state: "unconfirmed", reason: "the terminal cannot be reached: no such pane" });
  });

  test("an abort between paste and Enter takes the text back", async () => {
    const { cli, done, tui, deliver } = scripted();
    const stop = new AbortController();
    const paste = tui.terminal.paste;
    tui.terminal.paste = async (session, text) => {
      await paste(session, text);
      stop.abort();
    };
    expect(await deliver(stop.signal)).toEqual({ state: "aborted" });
    expect(cli.composer).toBe("");
    expect(done).not.toContain("Enter");
  });
});
