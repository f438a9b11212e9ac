import { expect, test } from "vitest";
import { openDocument, writeDocument } from "./document.ts";
import { mergeExpectations } from "./merge.ts";
import type { Search } from "./search.ts";

const TWO = `timeline:
  - at: 0s
    send: { to: scout }
  - at: 1m
    expect: { log: [{ class: crash }] }
  - at: 2m
    attach: scout
  - at: 3m
    expect: { log: [{ ev: wake, mode: fresh }] }
`;

/** A search in which every text holds that looks like this. */
async function merged(text: string, holds: RegExp): Promise<string> {
  const search = { best: text, runs: 0, cutShort: null };
  const attempt: Search["attempt"] = async (edit) => {
    const document = openDocument(search.best);
    edit(document);
    const candidate = writeDocument(document) ?? "";
    const held = candidate !== search.best && holds.test(candidate);
    if (held) search.best = candidate;
    return held;
  };
  await mergeExpectations({
    ...{ runs: 0, cutShort: null, attempt },
    get best() {
      return search.best;
    },
  });
  return search.best;
}

const entries = (text: string): unknown[] => (openDocument(text).toJS() as { timeline: unknown[] }).timeline;

test("two entries that expect records become one, at the time of the later", async () => {
  expect(entries(await merged(TWO, /./)).slice(1)).toEqual([
    { at: "2m", attach: "scout" },
    { at: "3m", expect: { log: [{ class: "crash" }, { ev: "wake", mode: "fresh" }] } },
  ]);
});

test("where only a count says the same, the last record is expected so often", async () => {
  const wake = { ev: "wake", mode: "fresh" };
  expect(entries(await merged(TWO, /^(?!.*crash)(?:.*wake){3}/s)).at(-1)).toEqual({ at: "3m", expect: { log: [wake, wake, wake] } });
});

test("entries that say more than that are left alone", async () => {
  for (const text of [
    TWO.replace("log: [{ class", "peers: {}, log: [{ class"),
    TWO.replace("    attach: scout\n  - at: 3m\n", "    attach: scout\n"),
  ])
    expect(entries(await merged(text, /./))).toEqual(entries(text));
});
