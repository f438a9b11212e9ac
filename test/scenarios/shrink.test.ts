/**
 * Planted defects, one at a time in a thread of its own: the scenario that catches one shrinks to a few lines that still
 * catch it in the same way, and that passes again without the defect.
 */
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { type Document, parseDocument } from "yaml";
import { loadMutants, type PlantedSource, plant, REPOSITORY } from "../mutants/mutant.ts";
import type { ShrinkOrder, ShrinkReport } from "./shrink-worker.ts";

/** Defect, scenario, the part that fails, and whether noise is added: not where what is expected names no peer and other peers answer to it. */
const CASES = [
  ["class-resets-count", "crash-loop/owner-resets-do-not-count", "never[0]", true],
  ["idle-attached-parked", "park/a-person-who-reads-is-not-interrupted", "I12", true],
  ["deliver-newest-first", "messages/in-order", "delivered.scout", true],
  ["trace-held-is-asleep", "telemetry/a-hold-links-the-deaths-that-it-counted", "metrics[0]", false],
  ["wake-stop-is-no-park", "daemon/a-crash-in-a-stop-is-a-stop", "log[0]", false],
  ["topic-cleared-by-topicless-resume", "wake/a-message-without-topic-erases-none", "peers.scout.topics", false],
] as const;

const mutants = loadMutants();

describe("sim shrink", () => {
  test.each(CASES)("%s is shrunk to at most eight entries", { timeout: 240_000 }, async (name, scenario, part, noise) => {
    const mutant = mutants.find((one) => one.name === name);
    if (mutant === undefined) throw new Error(`there is no mutant ${name}`);
    const file = `scenarios/${scenario}.yaml`;
    const source = readFileSync(`${REPOSITORY}/${file}`, "utf8");
    const text = noise ? withNoise(source) : source;
    const shrunk = await inWorker({ planted: plant(mutant), text, file, shrink: true });
    expect(shrunk.reason).toBe(null);
    expect(shrunk.before).toBeGreaterThan(noise ? 11 : 6);
    expect(shrunk.entries).toBeLessThanOrEqual(8);
    expect(shrunk.verdict).toBe("fail");
    // Expectations that follow each other are joined: the number in the list may be another one then.
    expect(shrunk.parts.map(unnumbered), shrunk.text).toContain(unnumbered(part));
    expect(shrunk.text.split("\n").length).toBeLessThan(text.split("\n").length);
    expect(Object.keys((parseDocument(shrunk.text).toJS() as { peers: object }).peers)).toEqual(["scout"]);
    const again = await inWorker({ planted: plant(mutant), text: shrunk.text, file, shrink: false });
    expect([again.verdict, again.parts]).toEqual(["fail", shrunk.parts]);
    const clean = await inWorker({ planted: null, text: shrunk.text, file, shrink: false });
    expect([clean.verdict, clean.parts], shrunk.text).toEqual(["pass", []]);
  });
});

function unnumbered(part: string): string {
  return part.replace(/\[\d+\]$/, "");
}

/** Two more peers that live, crash and stop beside it, and settings that change nothing. */
function withNoise(text: string): string {
  const document = parseDocument(text);
  document.setIn(["peers", "noise"], document.createNode({ initialPrompt: "Read your notes." }));
  document.setIn(["peers", "static"], document.createNode({ human: true }));
  document.setIn(["config", "maxAge"], "5h");
  const timeline = document.get("timeline") as { items: unknown[] };
  const before = NOISE.map((entry) => document.createNode({ at: "0s", ...entry }));
  timeline.items.unshift(...before);
  return withLater(document).toString();
}

const NOISE = [
  { send: { to: "noise", topic: "weather", as: "noise-one", text: "Will it rain tomorrow, and for how long?" } },
  { send: { to: "static", as: "static-one" } },
  { repeat: { every: "7s", times: 4 }, send: { to: "noise", as: "again" } },
  { next: { peer: "static", boot: "9s" } },
  { refresh: "static" },
];

function withLater(document: Document): Document {
  const later = [
    { at: "+1m", crash: { peer: "noise", code: 3 } },
    { at: "+47s", attach: "static" },
    { at: "+13s", detach: "static" },
  ];
  for (const entry of later) document.addIn(["timeline"], document.createNode(entry));
  return document;
}

function inWorker(order: Omit<ShrinkOrder, "planted"> & { planted: PlantedSource | null }): Promise<ShrinkReport> {
  const worker = new Worker(new URL("./shrink-worker.ts", import.meta.url), { workerData: order });
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}
