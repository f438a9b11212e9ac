import { beforeAll, describe, expect, test } from "vitest";
import { productionRun } from "../cli/parts.ts";
import { parseScenario } from "../language/parse.ts";
import type { Scenario } from "../language/scenario.ts";
import { type RunOptions, runScenario } from "../runner/index.ts";
import { openDocument, piecesBelow, removeAll, weightOf as weightOfDocument } from "./document.ts";
import { failsLike, kindOfFailure } from "./same-failure.ts";
import { type Elsewhere, type ShrinkOptions, type Shrunk, shrinkScenario } from "./shrink.ts";

const WRONG = `# A file with comments.
scenario: The second message resumes
tags: [wake]
config: { maxAge: 5h }
peers:
  scout: { initialPrompt: Read your notes. } # the one that matters
  other: { human: true }
timeline:
  # it begins
  - at: 0s
    send: { to: scout, topic: audit, as: first, text: "Look at the last commit and tell me what you think of it." }
  - at: +3s
    repeat: { every: 7s, times: 9 }
    send: { to: other, as: noise }
  - at: +1m
    expect: { sender: { first: { stage: landed } } }
  - at: 3h17m3s
    crash: { peer: other, code: 7 }
  - at: +13m
    send: { to: scout, topic: billing, as: second }
  - at: +1m
    expect:
      because: a parked executor resumes
      log: [{ ev: wake, identity: claude-scout, mode: resume }]
      peers: { scout: { state: alive } }
`;

let parts: RunOptions;
beforeAll(async () => {
  parts = await productionRun();
});

const weightOf = (text: string): number => weightOfDocument(openDocument(text));

function read(text: string): Scenario {
  const parsed = parseScenario(text, "folder/wrong.yaml");
  if ("problems" in parsed) throw new Error(parsed.problems[0]?.message);
  return parsed.scenario;
}

async function shrink(text: string, options: Partial<ShrinkOptions> = {}): Promise<Shrunk & { ok: true }> {
  const shrunk = await shrinkScenario(read(text), { parts, keep: null, maxRuns: 500, ...options });
  if (!shrunk.ok) throw new Error(shrunk.reason);
  return shrunk;
}

describe("shrinkScenario", { timeout: 120_000 }, () => {
  test("keeps what fails and its comments, says where it comes from, and fails in the same way when it is read again", async () => {
    const { text, entries, cutShort } = await shrink(WRONG);
    expect([entries.before, cutShort]).toEqual([6, null]);
    expect(entries.after).toBeLessThanOrEqual(4);
    expect(text).toContain("# A file with comments.");
    expect(text).toContain("scout: {} # the one that matters");
    expect(text).toMatch(
      /about: "?Shrunk from wrong\.yaml, 6 entries, by iapeer sim shrink\. It still fails: log\[0\], a parked\s+executor resumes\./,
    );
    expect(text).not.toMatch(/other|noise|maxAge|initialPrompt|repeat|17m3s/);
    const [failure] = (await runScenario(read(WRONG), parts)).failures;
    if (failure === undefined) throw new Error("it does not fail");
    const wanted = kindOfFailure(failure);
    expect(failsLike(await runScenario(read(text), parts), wanted, [wanted])).toBe(true);
    expect(weightOf(text)).toBeLessThan(weightOf(WRONG));
  });

  test("is the same every time, and a result cannot be made smaller", async () => {
    const { text } = await shrink(WRONG);
    expect((await shrink(WRONG)).text).toBe(text);
    const again = await shrink(text);
    expect(weightOf(again.text)).toBe(weightOf(text));
  });

  test("however early it ends, the best so far is valid, no larger, and still fails", async () => {
    for (const maxRuns of [1, 2, 5, 12]) {
      const { text, runs, cutShort, result } = await shrink(WRONG, { maxRuns });
      expect([runs, cutShort, result.verdict]).toEqual([maxRuns, "budget", "fail"]);
      expect(weightOf(text)).toBeLessThanOrEqual(weightOf(WRONG));
    }
    const answers = [false, false, false, true];
    const { cutShort, runs } = await shrink(WRONG, { interrupted: async () => answers.shift() ?? true });
    expect([cutShort, runs]).toEqual(["interrupted", 3]);
  });

  test("a decision that is to be kept becomes the one expectation of a scenario that passes", async () => {
    const good = WRONG.replace("mode: resume", "mode: fresh");
    const { text, result } = await shrink(good, { keep: { ev: "wake", cause: "idle-reaped-new-topic" } });
    expect(result.verdict).toBe("pass");
    expect(text).toMatch(/expect:\n {2}log:\n {4}- \{ ev: wake, cause: idle-reaped-new-topic \}\n/);
    expect(read(text).timeline.filter(({ action }) => action?.value.do === "send")).toHaveLength(2);
  });

  test("what does not fail, and a decision that is never taken, are no reason to shrink", async () => {
    const good = read(WRONG.replace("mode: resume", "mode: fresh"));
    expect(await shrinkScenario(good, { parts, keep: null, maxRuns: 9 })).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^it does not fail \(pass\)/),
    });
    expect(await shrinkScenario(good, { parts, keep: { ev: "hold" }, maxRuns: 9 })).toEqual({
      ok: false,
      reason: "no decision of this run is { ev: hold }",
    });
  });
});

test("pieces are taken out by their own paths, whatever becomes empty before them", () => {
  const text = "a:\n  - { x: 1 }\n  - { y: 2 }\n  - { z: 3 }\nb: { c: { d: 4 } }\n";
  const document = openDocument(text);
  removeAll(document, [
    ["a", 0, "x"],
    ["a", 2],
    ["b", "c", "d"],
  ]);
  expect(document.toJS()).toEqual({ a: [{ y: 2 }] });
  const nested = openDocument(text);
  removeAll(nested, [
    ["a", 0],
    ["a", 0, "x"],
  ]);
  expect(nested.toJS()).toMatchObject({ a: [{ y: 2 }, { z: 3 }] });
  const all = openDocument(text);
  removeAll(all, piecesBelow(all, []));
  expect(all.toJS() ?? {}).toEqual({});
});

describe("with other code that must not fail in this way", { timeout: 60_000 }, () => {
  /** Code that resumes whatever topic comes, as long as something of another peer happens. */
  const elsewhere: Elsewhere = async (text) => ({
    failures: text.includes("peer: other") ? [] : (await runScenario(read(text), { ...parts })).failures,
  });

  test("keeps what the other code needs to pass, though the failure here does not", async () => {
    const plain = await shrink(WRONG);
    const { text } = await shrink(WRONG, { elsewhere });
    expect(plain.text).not.toContain("crash");
    expect(text).toContain("crash: { peer: other }");
    expect((await runScenario(read(text), parts)).failures.map(({ expected }) => expected)).toEqual([
      "{ ev: wake, identity: claude-scout, mode: resume }",
    ]);
  });

  test("that fails in the same way, or cannot read it, leaves nothing to look for", async () => {
    const same: Elsewhere = (text) => runScenario(read(text), parts);
    expect(await shrinkScenario(read(WRONG), { parts, keep: null, maxRuns: 5, elsewhere: same })).toMatchObject({
      ok: false,
      reason: expect.stringContaining("fails in the same way"),
    });
    const none: Elsewhere = async () => null;
    expect(await shrinkScenario(read(WRONG), { parts, keep: null, maxRuns: 5, elsewhere: none })).toMatchObject({ ok: false });
  });
});
