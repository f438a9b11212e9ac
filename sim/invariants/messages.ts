import type { TrueMessage, World } from "../world/api.ts";
import type { Breach, Invariant } from "./api.ts";
import { changedMessages } from "./indexes.ts";
import { isFinal } from "./read.ts";

/** I1: what a sender is told about its message is true, and none is lost or doubled. */
export const landedOnce: Invariant = {
  id: "I1",
  sentence: "A message reported landed reached exactly one instance that was alive then; no accepted message vanishes.",
  watch(world) {
    const changed = changedMessages(world);
    const told = new Set<string>();
    const look = (): Breach[] => looks(changed(), told);
    return { look, end: () => [...look(), ...vanished(world)] };
  },
};

function looks(messages: Iterable<TrueMessage>, told: Set<string>): Breach[] {
  const breaches: Breach[] = [];
  for (const { id, name, identity, receipts, landedIn } of messages) {
    const landed = receipts.at(-1)?.stage === "landed";
    const problem = landed && landedIn.length === 0 ? "is reported landed, but no conversation has it" : null;
    const twice =
      landedIn.length > 1 ? `was recorded ${landedIn.length} times (${landedIn.map(({ instance }) => instance).join(", ")})` : null;
    const detail = problem ?? twice;
    if (detail === null || told.has(`${id} ${detail}`)) continue;
    told.add(`${id} ${detail}`);
    breaches.push({ lane: identity ?? "world", detail: `message "${name}" ${detail}` });
  }
  return breaches;
}

/** A message without an end must still stand in an inbox. */
function vanished(world: World): Breach[] {
  const inbox = world
    .files("state/iapeer/inbox/*.jsonl")
    .map((path) => world.file(path) ?? "")
    .join("\n");
  return world.truth.messages
    .filter(({ id, receipts, landedIn }) => !isFinal(receipts.at(-1)) && landedIn.length === 0 && !inbox.includes(id))
    .map(({ name, identity, receipts }) => {
      return { lane: identity ?? "world", detail: `message "${name}" was last ${receipts.at(-1)?.stage}, and is in no inbox any more` };
    });
}
