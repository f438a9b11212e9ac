import { z } from "zod";
import { parseIsoTime } from "../../../lib/model/time.ts";
import { show } from "../problem.ts";
import { eventually, expectation, partialRecord } from "./expectation.ts";
import { given } from "./given.ts";
import { count, duration, peerName, period, text } from "./values.ts";
import { behavior, config, peer } from "./world.ts";

/** The top level of a scenario file. Timeline entries are left open here: they are validated one by one, by their verb. */

const startProblem = (issue: { input?: unknown }): string => `${show(issue.input)} is not a time in ISO 8601, such as 2026-01-01T00:00:00Z`;

/** Times that the telemetry SDK cannot mistake for durations. */
const start = z
  .string({ error: startProblem })
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z$/, { error: startProblem })
  .transform((value, context) => {
    const ms = parseIsoTime(value);
    if (ms === null || ms < 946_684_800_000) {
      context.addIssue({ code: "custom", message: `${show(value)} is not a time from the year 2000 on, such as 2026-01-01T00:00:00Z` });
      return z.NEVER;
    }
    return ms;
  });

const tag = text.regex(/^[a-z0-9][a-z0-9-]*$/, {
  error: (issue) => `${show(issue.input)} is not a tag: lower-case letters, digits and "-"`,
});

/** When an entry happens: `2h` from the start, `+10s` from the entry before. */
export const at = z
  .string()
  .regex(/^\+?(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/)
  .meta({ description: "2h from the start, or +10s from the entry before" });

export const repeat = z
  .strictObject({ every: period, times: count(1, 10_000) })
  .meta({ description: "The action happens so many times in all" });

const invariantId = text.regex(/^I([1-9]|1[0-5])$/, { error: (issue) => `${show(issue.input)} is not an invariant: I1 to I15` });

export const topLevel = {
  scenario: text
    .min(1, { error: "the title is empty: write one sentence that states the rule" })
    .describe("Title: one sentence that states the rule"),
  about: text.optional().describe("Why it exists"),
  tags: z.array(tag, { error: (issue) => `${show(issue.input)} is not a list of tags` }).optional(),
  start: start.optional().describe("Virtual wall clock at 0s"),
  seed: count(0, 4_294_967_295).optional().describe("For everything random in the world"),
  until: duration.optional().describe("Virtual end"),
  config: config.optional(),
  peers: z
    .record(peerName, peer, {
      error: (issue) =>
        issue.input === undefined ? '"peers" is missing: at least one is needed' : `${show(issue.input)} is not a map of peers`,
    })
    .refine((peers) => Object.keys(peers).length > 0, { error: "at least one peer is needed" })
    .meta({ minProperties: 1 }),
  given: z
    .record(peerName, given, { error: (issue) => `${show(issue.input)} is not a map of peers to the state that they are found in` })
    .optional()
    .describe("What the first daemon finds"),
  behavior: behavior.optional(),
  timeline: z.array(z.unknown(), { error: (issue) => `${show(issue.input)} is not a list of entries` }).optional(),
  expect: expectation.optional(),
  eventually: eventually.optional(),
  never: z.array(partialRecord, { error: (issue) => `${show(issue.input)} is not a list of records` }).optional(),
  invariants: z
    .strictObject({ off: z.array(invariantId, { error: (issue) => `${show(issue.input)} is not a list of invariants` }) })
    .optional(),
};

export const scenarioFile = z.strictObject(topLevel);
export type RawFile = z.output<typeof scenarioFile>;
export type RawExpectation = z.output<typeof expectation>;
