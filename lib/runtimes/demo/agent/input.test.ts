import { expect, test } from "vitest";
import { readInput } from "./input.ts";

const paste = (text: string): string => `\u001b[200~${text}\u001b[201~`;

test("typed text, keys and pastes come in order", () => {
  expect(readInput(`hi${paste("a\rb")}\r`).events).toEqual([
    { kind: "text", text: "hi" },
    { kind: "paste", text: "a\nb" },
    { kind: "key", key: "enter" },
  ]);
});

test("control keys inside a paste are text of the paste", () => {
  expect(readInput(paste("/exit\n\u0003\u0015x")).events).toEqual([{ kind: "paste", text: "/exit\n\u0003\u0015x" }]);
});

test("a paste that is split anywhere is one event", () => {
  const whole = paste("one\ntwo");
  for (let cut = 2; cut < whole.length; cut++) {
    const first = readInput(whole.slice(0, cut));
    expect(first.events).toEqual([]);
    expect(readInput(first.rest + whole.slice(cut)).events).toEqual([{ kind: "paste", text: "one\ntwo" }]);
  }
});

test("a lone escape is the key, an arrow is nothing", () => {
  expect(readInput("\u001b").events).toEqual([{ kind: "key", key: "escape" }]);
  expect(readInput("\u001b[A\u0004").events).toEqual([{ kind: "key", key: "end" }]);
});
