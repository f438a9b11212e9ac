import { expect, test } from "vitest";
import type { EventName, Fields } from "../model/decision.ts";
import { attributeNamesOf, attributesOfFields, fieldsOfAttributes, SPAN_FIELDS } from "./span-fields.ts";
import { spansOf } from "./spans.ts";

const EVENTS = Object.keys(SPAN_FIELDS) as EventName[];

test.each(EVENTS)("%s: no two fields share an attribute", (ev) => {
  const names = attributeNamesOf(ev);
  expect(new Set(names).size).toBe(names.length);
});

/** Fields that are written as something else, with what a span keeps of them. */
const CODED: Fields = { reason: "3 deaths in 300s, held for another 31s", ms: 1_234, why: "idle for 3600s" };
const KEPT: Fields = { reason: "held for another 31s", ms: 1_234, why: "idle for" };

test.each(EVENTS)("%s: what a line says of who and what comes back from its span", (ev) => {
  const fields = Object.fromEntries(Object.keys(SPAN_FIELDS[ev] ?? {}).map((field) => [field, CODED[field] ?? `${field}-x`]));
  const who = ev === "deliver" || ev === "accept" ? { to: "demo-scout" } : { identity: "demo-scout" };
  const span = spansOf({ at: 1, ev, fields: { ...who, ...fields } })?.span;
  const attributes = span?.attributes ?? { ...attributesOfFields(ev, fields), "iapeer.identity": "demo-scout" };
  const kept = Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, KEPT[field] ?? value]));
  expect(fieldsOfAttributes(ev, attributes)).toEqual({ ...who, ...kept, ...(ev === "wake" && { personality: "scout" }) });
});

test("a sentence that is none of ours stays on the machine", () => {
  expect(attributesOfFields("exit", { why: "cannot open /home/me" })["iapeer.exit.why"]).toBeUndefined();
  expect(attributesOfFields("wake", { reason: "profile unreadable: /home/me" })["iapeer.hold.left"]).toBeUndefined();
});

test("a refusal of a name that nobody has comes back by that name", () => {
  const span = spansOf({ at: 1, ev: "wake", fields: { personality: "nobody", mode: "refused", cause: "unknown-peer", len: 3 } })?.span;
  expect(fieldsOfAttributes("wake", span?.attributes ?? {})).toEqual({
    ...{ personality: "nobody", mode: "refused", cause: "unknown-peer", len: 3 },
  });
});
