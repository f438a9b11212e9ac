import { describe, expect, test } from "vitest";
import type { Screen } from "../../ports/index.ts";
import { bottomRows, rowsOf } from "./agent/display.ts";
import { demoBoot, demoView } from "./screen.ts";

/** A screen as the agent itself draws it: some scrolled text, the bottom rows, the cursor at the end of the composer. */
function drawn(
  composer: string | null,
  state: "idle" | "busy" | "waiting",
  above: readonly string[] = ["› not a composer", "> hello"],
): Screen {
  const rows = bottomRows(composer, state, "0 messages", 80).map((row) => row.trimEnd());
  const row = above.length + Math.max(0, rows.length - 2);
  return { lines: [...above, ...rows], title: `demo · ${state}`, cursor: { row, column: rows.at(-2)?.length ?? 0 } };
}

describe("the demo agent's screen", () => {
  test("an empty composer, whatever scrolled by above it", () => {
    expect(demoView(drawn("", "idle"))).toEqual({ composer: { state: "empty" }, dialog: null, turn: "idle" });
    expect(demoView(drawn("", "busy")).turn).toBe("busy");
  });

  test("text of one and of several rows", () => {
    expect(demoView(drawn("draft", "idle")).composer).toEqual({ state: "text", text: "draft", collapsed: false });
    expect(demoView(drawn("one\ntwo", "idle")).composer).toEqual({ state: "text", text: "one\ntwo", collapsed: false });
  });

  test("a long text shows by its size only", () => {
    expect(demoView(drawn("line\n".repeat(20), "idle")).composer).toMatchObject({ state: "text", collapsed: true });
  });

  test("a question takes the composer's place", () => {
    const view = demoView(drawn(null, "waiting"));
    expect(view).toMatchObject({ composer: { state: "hidden" }, turn: "waiting" });
    expect(demoBoot(drawn(null, "waiting"))).toEqual({ kind: "person", reason: view.dialog });
  });

  test("what the agent prints before it ends is a verdict", () => {
    const said = (line: string) => demoBoot({ lines: [line], title: "", cursor: { row: 1, column: 0 } });
    expect(said("nothing to resume: 1234")).toEqual({ kind: "rejected", reason: "nothing to resume: 1234" });
    expect(said("session 1234 exists already")).toEqual({ kind: "failed", reason: "session 1234 exists already" });
    expect(said("")).toEqual({ kind: "wait" });
  });
});

test("rows never exceed the width, wide characters included", () => {
  for (const row of rowsOf("汉字漢字abc🙂 ".repeat(20), 21))
    expect([...row].reduce((sum, c) => sum + (c > "\u1100" ? 2 : 1), 0)).toBeLessThanOrEqual(21);
  expect(rowsOf("a\u001b[31mb", 40)).toEqual(["a [31mb"]);
});
