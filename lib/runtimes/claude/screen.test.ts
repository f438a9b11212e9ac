import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Screen } from "../../ports/index.ts";
import { claudeBoot, claudeComposer, claudeDialog, claudeView } from "./screen.ts";

/** A screen of the real CLI as the terminal host reported it: first line `row column title`, then the lines. */
function screen(name: string): Screen {
  const text = readFileSync(new URL(`../../../test/runtimes/fixtures/claude/${name}.txt`, import.meta.url), "utf8");
  const [head = "", ...lines] = text.trimEnd().split("\n");
  const [, row, column, title = ""] = /^(\d+) (\d+) (.*)$/.exec(head) ?? [];
  return { lines, title, cursor: { row: Number(row), column: Number(column) } };
}

describe("composer", () => {
  test.each(["idle", "quoted-dialogs", "busy", "queued", "not-logged-in"])("is empty: %s", (name) => {
    expect(claudeComposer(screen(name))).toEqual({ state: "empty" });
  });

  test.each([
    ["typed", "draft", false],
    ["leftover", "[iapeer message old from a]\n\nx", false],
    ["leftover-cursor-low", "[iapeer message old from a]", false],
    ["collapsed", "[Pasted text #1 +40 lines]", true],
    ["shell-mode", "!", false],
    ["command-menu", "/com", false],
  ] as const)("holds text: %s", (name, text, collapsed) => {
    expect(claudeComposer(screen(name))).toEqual({ state: "text", text, collapsed });
  });

  test.each(["theme", "notes", "trust", "trust-no", "bypass-no", "bypass-yes", "api-key", "permission"])("is out of reach: %s", (name) => {
    expect(claudeComposer(screen(name))).toEqual({ state: "hidden" });
  });

  test("a placeholder counts as empty only while the cursor stands before it", () => {
    const hint = (column: number): Screen => {
      const rule = "─".repeat(40);
      return { lines: [rule, '❯\u00a0Try "fix the tests"', rule], title: "", cursor: { row: 1, column } };
    };
    expect(claudeComposer(hint(2))).toEqual({ state: "empty" });
    expect(claudeComposer(hint(9))).toMatchObject({ state: "text" });
  });
});

describe("dialogs and turn", () => {
  test.each([
    ["theme", "theme"],
    ["notes", "security notes"],
    ["trust", "trust"],
    ["bypass-no", "bypass"],
    ["api-key", "api key"],
    ["permission", "permission"],
    ["idle", null],
    ["quoted-dialogs", null],
    ["command-menu", null],
  ])("%s: %s", (name, dialog) => {
    expect(claudeDialog(screen(name))).toBe(dialog);
  });

  test("the title tells idle from busy, and a boot screen's title tells nothing", () => {
    expect(["idle", "busy", "queued", "trust"].map((name) => claudeView(screen(name)).turn)).toEqual(["idle", "busy", "busy", "unknown"]);
  });
});

describe("boot", () => {
  test.each([
    ["theme", "Enter"],
    ["notes", "Enter"],
    ["trust", "Enter"],
    ["trust-no", "Up"],
    ["bypass-no", "Down"],
    ["bypass-yes", "Enter"],
  ])("a peer with bypass: %s gets %s", (name, key) => {
    expect(claudeBoot(screen(name), "bypass")).toMatchObject({ kind: "answer", key });
  });

  test.each(["trust", "trust-no", "bypass-no", "bypass-yes", "api-key", "permission"])("a peer that asks leaves %s to a person", (name) => {
    expect(claudeBoot(screen(name), "ask")).toMatchObject({ kind: "person" });
  });

  test("an answerable dialog that a permission prompt quotes stays a quotation", () => {
    const rule = "─".repeat(40);
    const quote = ["Accessing workspace:", "❯ 1. Yes, I trust this folder"];
    const prompt = [
      rule,
      " Bash command",
      ...quote,
      " Do you want to proceed?",
      " ❯ 1. Yes",
      "   2. No",
      " Enter to confirm · Esc to cancel",
    ];
    const asked = claudeBoot({ lines: prompt, title: "", cursor: { row: 5, column: 1 } }, "bypass");
    expect(asked).toMatchObject({ kind: "person", reason: expect.stringContaining("permission") });
  });

  test("keys and logins are a person's whatever the permissions", () => {
    expect(claudeBoot(screen("api-key"), "bypass")).toMatchObject({ kind: "person", reason: expect.stringContaining("No (recommended)") });
    expect(claudeBoot(screen("not-logged-in"), "bypass")).toMatchObject({ kind: "person", reason: expect.stringContaining("/login") });
  });

  test.each(["idle", "typed", "busy", "quoted-dialogs"])("%s is a composer, whatever stands above it", (name) => {
    expect(claudeBoot(screen(name), "bypass")).toEqual({ kind: "composer" });
  });

  test("what the CLI says before it ends is a verdict", () => {
    const said = (line: string) => claudeBoot({ lines: [line], title: "", cursor: { row: 1, column: 0 } }, "bypass").kind;
    expect(said("No conversation found with session ID: 2222")).toBe("rejected");
    expect(said("Error: Session ID 2222 is already in use.")).toBe("failed");
    expect(said("--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons")).toBe("failed");
    expect(said("Unable to connect to Anthropic services")).toBe("failed");
    expect(said("starting")).toBe("wait");
  });
});
