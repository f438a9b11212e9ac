import { z } from "zod";
import { ACTIONS, VERBS } from "./schema/actions.ts";
import { expectation } from "./schema/expectation.ts";
import { at, repeat, topLevel } from "./schema/file.ts";
import { text } from "./schema/values.ts";

/**
 * JSON Schema (draft 2020-12) of a scenario file, made from the schemas that validate it. An entry is `anyOf` one object for each verb,
 * with the verb required: that is the form that editors complete well.
 */
export function scenarioJsonSchema(): Record<string, unknown> {
  const common = { at, because: text.optional(), expect: expectation.optional(), repeat: repeat.optional() };
  const entries = VERBS.map((verb) => z.strictObject({ ...common, [verb]: ACTIONS[verb] }));
  const entry = z.union([...entries, z.strictObject({ at, expect: expectation, because: text.optional() })]);
  const file = z.strictObject({ ...topLevel, timeline: z.array(entry).optional() });
  const { $schema, ...rest } = z.toJSONSchema(file, { io: "input", reused: "inline" }) as Record<string, unknown>;
  return { $schema, title: "iapeer scenario", ...rest };
}

/** The text of the committed file. */
export function scenarioJsonSchemaText(): string {
  return `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`;
}
