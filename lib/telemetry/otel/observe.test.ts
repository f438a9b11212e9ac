import { resourceFromAttributes } from "@opentelemetry/resources";
import { expect, test } from "vitest";
import type { FleetPeer, FleetSource } from "../../lifecycle/api.ts";
import { createScrape } from "./scrape.ts";
import { otelTelemetry } from "./telemetry.ts";

const scout: FleetPeer = { personality: "scout", identity: "demo-scout", state: "alive", waiting: 2, oldestAt: 1_000 };

/** What the text says of scout after each of these fleets in turn. */
async function afterEach(
  fleets: readonly (readonly [peers: readonly FleetPeer[], memory: ReadonlyMap<string, number>])[],
): Promise<string[][]> {
  let [peers, memory] = fleets[0] ?? [[], new Map<string, number>()];
  const snapshot = () => ({ peers, lastPassAt: null, log: { bytes: 0, failed: 0 } });
  const source: FleetSource = { now: () => 61_000, snapshot, memory: async () => memory };
  const scrape = createScrape(resourceFromAttributes({}), "0.1.0");
  otelTelemetry({ meter: scrape.meter }).observe(source);
  const texts: string[][] = [];
  for (const fleet of fleets) {
    [peers, memory] = fleet;
    texts.push((await scrape.text()).split("\n").filter((line) => line.includes('"scout"') && !line.includes("_wakes_")));
  }
  await scrape.close();
  return texts;
}

const memoryLine = (lines: readonly string[] | undefined): string | undefined =>
  lines?.find((line) => line.startsWith("iapeer_sessions_memory"));

test("memory of a session that ended is 0, of one that cannot be told stays what it was", async () => {
  const known = new Map([["demo-scout", 4096]]);
  const texts = await afterEach([
    [[scout], known],
    [[scout], new Map()],
    [[{ ...scout, state: "asleep" }], new Map()],
  ]);
  const line = 'iapeer_sessions_memory_bytes{gen_ai_agent_name="scout"}';
  expect(texts.map(memoryLine)).toEqual([`${line} 4096`, `${line} 4096`, `${line} 0`]);
});

test("a peer that was removed is in no state and nothing waits for it", async () => {
  const [before, after] = await afterEach([
    [[scout], new Map([["demo-scout", 4096]])],
    [[], new Map()],
  ]);
  expect(before).toContain('iapeer_peers{gen_ai_agent_name="scout",state="alive"} 1');
  expect(before).toContain('iapeer_inbox_depth{gen_ai_agent_name="scout"} 2');
  expect(after?.length).toBe(before?.length);
  for (const line of after ?? []) expect(line).toMatch(/ 0$/);
});
