import { describe, expect, test } from "vitest";
import { shardsOf } from "./shards.ts";

const peer = (name: string, lines: number) => ({ peer: name, file: `${name}.jsonl`, lines });

describe("peers dealt out to worlds", () => {
  test("few lines: all in one", () => {
    expect(shardsOf([peer("a", 10), peer("b", 20)], 100)).toEqual([{ peers: ["b", "a"], files: ["b.jsonl", "a.jsonl"], lines: 30 }]);
  });

  test("many: about as many lines in each, and one that has more than its share alone", () => {
    const shards = shardsOf([peer("a", 40), peer("b", 300), peer("c", 45), peer("d", 50), peer("e", 65)], 100);
    expect(shards.map(({ peers, lines }) => [peers.join(""), lines])).toEqual([
      ["b", 300],
      ["e", 65],
      ["d", 50],
      ["c", 45],
      ["a", 40],
    ]);
    expect(shardsOf([peer("a", 60), peer("b", 70), peer("c", 40), peer("d", 30)], 100).map(({ peers }) => peers.join(""))).toEqual([
      "bd",
      "ac",
    ]);
  });
});
