/** What senders are told, and what is too much (lifecycle §10). */
import { describe, expect, test } from "vitest";
import type { Receipt } from "../model/message.ts";
import { limitProblem } from "./limits.ts";
import { createReceipts } from "./receipts.ts";

const receipt = (id: string, stage: Receipt["stage"], change: Partial<Receipt> = {}): Receipt => ({
  ...{ id, identity: "claude-scout", stage, woke: false },
  ...change,
});

describe("receipts", () => {
  test("the first final one stands, and whoever waits hears it", async () => {
    const receipts = createReceipts();
    const waiting = [receipts.settled("a"), receipts.settled("a")];
    for (const stage of ["accepted", "queued", "held", "landed", "failed", "queued"] as const) receipts.set(receipt("a", stage));
    expect((await Promise.all(waiting)).map(({ stage }) => stage)).toEqual(["landed", "landed"]);
    expect((await receipts.settled("a")).stage).toBe("landed");
    expect(receipts.get("a")?.stage).toBe("landed");
    expect(receipts.get("b")).toBeNull();
  });

  test("who asks again is not answered with an old refusal; what landed has landed", async () => {
    const receipts = createReceipts();
    receipts.set(receipt("a", "refused", { reason: "stopped" }));
    receipts.reopen("a");
    expect(receipts.get("a")).toBeNull();
    const waiting = receipts.settled("a");
    for (const stage of ["queued", "landed"] as const) receipts.set(receipt("a", stage));
    expect((await waiting).stage).toBe("landed");
    receipts.reopen("a");
    expect(receipts.get("a")?.stage).toBe("landed");
  });

  test("what waits again after a refusal of long ago is not forgotten", () => {
    const receipts = createReceipts();
    receipts.set(receipt("again", "refused"));
    receipts.reopen("again");
    receipts.reopen("never-heard-of");
    receipts.set(receipt("again", "held"));
    for (let n = 0; n < 5_000; n += 1) receipts.set(receipt(`m${n}`, "landed"));
    expect(receipts.get("again")?.stage).toBe("held");
  });

  test("listeners hear each change once, and no repetition", () => {
    const receipts = createReceipts();
    const heard: string[] = [];
    receipts.onChange(({ stage, reason }) => heard.push(`${stage} ${reason ?? ""}`.trim()));
    const stages = ["accepted", "queued", "queued"] as const;
    for (const stage of stages) receipts.set(receipt("a", stage));
    receipts.set(receipt("a", "queued", { reason: "busy" }));
    receipts.set(receipt("a", "landed"));
    receipts.set(receipt("a", "landed"));
    expect(heard).toEqual(["accepted", "queued", "queued busy", "landed"]);
  });

  test("final ones of long ago are forgotten, those that wait never", () => {
    const receipts = createReceipts();
    receipts.set(receipt("waits", "held"));
    for (let n = 0; n < 5_000; n += 1) receipts.set(receipt(`m${n}`, "landed"));
    expect([receipts.get("waits")?.stage, receipts.get("m0"), receipts.get("m4999")?.stage]).toEqual(["held", null, "landed"]);
  });
});

describe("limits", () => {
  const paths = (count: number) => Array.from({ length: count }, (_, n) => `/tmp/file-${n}`);
  test.each([
    { name: "the longest text", message: { text: "x".repeat(16_000) }, problem: null },
    { name: "one character more", message: { text: "x".repeat(16_001) }, problem: /16001 characters, at most 16000/ },
    { name: "nothing at all", message: { text: " \n" }, problem: /empty/ },
    { name: "an attachment alone", message: { text: "", attachments: ["/tmp/a"] }, problem: null },
    { name: "the longest topic", message: { text: "x", topic: "t".repeat(200) }, problem: null },
    { name: "a longer topic", message: { text: "x", topic: "t".repeat(201) }, problem: /201 characters, at most 200/ },
    { name: "twenty attachments", message: { text: "x", attachments: paths(20) }, problem: null },
    { name: "one more", message: { text: "x", attachments: paths(21) }, problem: /21 attachments, at most 20/ },
    { name: "a relative path", message: { text: "x", attachments: ["a/b"] }, problem: /"a\/b" is no absolute path/ },
    { name: "a path of two lines", message: { text: "x", attachments: ["/a\nb"] }, problem: /no absolute path/ },
  ])("$name", ({ message, problem }) => {
    if (problem === null) expect(limitProblem(message)).toBeNull();
    else expect(limitProblem(message)).toMatch(problem);
  });
});
