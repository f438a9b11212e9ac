import { expect, test } from "vitest";
import { parseScenario } from "../../sim/language/parse.ts";
import { createWorld } from "../../sim/world/world.ts";

const MINUTE = 60_000;

async function fleet() {
  const parsed = parseScenario(
    "scenario: An agent that is done\npeers: { scout: {} }\ntimeline: [{ at: 0s, send: { to: scout } }]\n",
    "done.yaml",
  );
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  const world = createWorld(parsed.scenario);
  await world.boot();
  const [first] = parsed.scenario.timeline;
  if (first?.action) await world.perform(first.action.value);
  await world.advanceTo(10_000);
  return world;
}

test("an agent that is done is parked when its turn ends, not in the middle of it, and may be resumed", async () => {
  const world = await fleet();
  await world.daemon()?.selfDone("claude-scout", "agent");
  await world.advanceTo(20_000);
  expect((await world.peer("scout")).state).toBe("alive");
  await world.advanceTo(MINUTE);
  expect(await world.peer("scout")).toMatchObject({ state: "asleep", parked: true, deaths: 0 });
  await world.close();
});

test("a message that comes meanwhile is work again: the idle bound counts from it", async () => {
  const world = await fleet();
  await world.daemon()?.selfDone("claude-scout", "agent");
  await world.perform({ do: "send", to: "scout", text: "one more thing", as: "more" });
  await world.advanceTo(10 * MINUTE);
  expect((await world.peer("scout")).state).toBe("alive");
  expect(world.receipt("more")?.stage).toBe("landed");
  await world.close();
});

test("a peer that is not up has nothing to be done with", async () => {
  const world = await fleet();
  await world.perform({ do: "stop", peer: "scout" });
  await world.advanceTo(MINUTE);
  await expect(world.daemon()?.selfDone("claude-scout", "agent")).rejects.toMatchObject({ code: "not-live" });
  await world.close();
});
