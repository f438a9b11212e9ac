import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { scenarioJsonSchema, scenarioJsonSchemaText } from "./json-schema.ts";
import { VERBS } from "./schema/actions.ts";

test("the committed schema is fresh (node bin/iapeer.ts sim schema > sim/language/scenario.schema.json)", () => {
  expect(readFileSync(new URL("./scenario.schema.json", import.meta.url), "utf8")).toBe(scenarioJsonSchemaText());
});

test("an entry is any of the verbs, each required, for editors", () => {
  const schema = scenarioJsonSchema() as { properties: { timeline: { items: { anyOf: { required: string[] }[] } } }; required: string[] };
  expect(schema.required).toEqual(["scenario", "peers"]);
  expect(schema.properties.timeline.items.anyOf.map(({ required }) => required.filter((key) => key !== "at"))).toEqual([
    ...VERBS.map((verb) => [verb]),
    ["expect"],
  ]);
});
