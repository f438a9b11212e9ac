import { z } from "zod";
import { show } from "../problem.ts";
import { readTimePattern } from "../time-pattern.ts";
import { duration, flag, messageName, peerName, relativePath, text, word } from "./values.ts";

/** What an `expect` may say; patterns and names are checked afterwards, with the whole file in view. */

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: (issue) => `${show(issue.input)} is no single value: write a text, a number, true, false, /regex/ or a comparison such as '>= 3'`,
});
const numberProblem = (issue: { input?: unknown }): string => `${show(issue.input)} is neither a number nor a comparison such as '>= 3'`;
const number = z.union([z.number(), z.string().regex(/^(?:[<>]=?|[!=]=?|\/)/, { error: numberProblem })], { error: numberProblem });

/** Some fields of a record; the others are ignored. */
export const partialRecord = z
  .record(z.string(), scalar, { error: (issue) => `${show(issue.input)} is not a partial record: write { ev: wake, mode: fresh }` })
  .meta({ id: "record", description: "Partial record: keys given must match; values are equal as text, or /regex/, or comparisons" });

const records = z.array(partialRecord, { error: (issue) => recordsProblem(issue.input) });

function recordsProblem(input: unknown): string {
  return input === null
    ? "is empty: write [] for “nothing was decided”, or run with --update to fill it in"
    : `${show(input)} is not a list of records`;
}

const peerFacts = z.strictObject({
  state: word("state", ["alive", "asleep", "booting", "waiting", "stopped", "held"]).optional(),
  parked: flag.optional(),
  deaths: number.optional(),
  topics: z.array(text, { error: (issue) => `${show(issue.input)} is not a list of topics` }).optional(),
  launches: number.optional(),
  mode: scalar.optional(),
  cause: scalar.optional(),
  instances: number.optional(),
  attached: flag.optional(),
});

const senderFacts = z.strictObject({
  stage: word("stage", ["accepted", "queued", "held", "landed", "refused", "failed"]).optional(),
  woke: flag.optional(),
  reason: scalar.optional(),
});

const fileFacts = z.union([
  word("expectation of a file", ["present", "absent"]),
  z
    .strictObject({ text: text.optional(), matches: text.optional(), json: z.unknown().optional() })
    .refine((value) => Object.keys(value).length === 1, { error: "exactly one of text, matches and json" }),
]);

const timeProblem = (issue: { input?: unknown }): string =>
  `${show(issue.input)} is neither a duration nor a comparison with one: write 3s or '>= 1m30s'`;

/** A virtual time or a duration: `3s`, or a comparison such as `>= 1m30s`. */
const timePattern = z
  .string({ error: timeProblem })
  .refine((value) => readTimePattern(value) !== null, { error: timeProblem })
  .meta({ description: "A duration such as 3s, or a comparison with one, such as '>= 1m30s'" });

const status = word("status", ["ok", "error"]);
const spanName = text.describe("Name of a span, or /regex/");
const link = z.strictObject({
  name: spanName.optional(),
  attributes: partialRecord.optional(),
  status: status.optional(),
  type: word("type of link", ["message", "death", "reset", "launch", "exit"]).optional(),
});
const parent = link.omit({ type: true });
const parentProblem = (issue: { input?: unknown }): string =>
  `${show(issue.input)} is no parent: write the name of a span, { name: wake, attributes: { … } }, or null for none`;
const linkProblem = (issue: { input?: unknown }): string =>
  `${show(issue.input)} is no link: write the name of a span, { name: exit, type: death }, a list of such, or null for none`;
const linkName = z.string({ error: linkProblem }).describe("Name of a span, or /regex/");

const span = z.strictObject({
  name: spanName,
  attributes: partialRecord.optional().describe("Attributes by name; the prefix iapeer. may be left out"),
  status: status.optional(),
  at: timePattern.optional().describe("When it began, from the start"),
  duration: timePattern.optional(),
  parent: z
    .union([z.string({ error: parentProblem }).describe("Name of a span, or /regex/"), parent, z.null()])
    .optional()
    .describe("A span's name, or some of its facts; null: a trace begins with it"),
  link: z
    .union([linkName, link, z.array(z.union([linkName, link])), z.null()])
    .optional()
    .describe("Spans that it links to, each by a link of its own; null: it has no link"),
  links: number.optional().describe("How many links it has"),
  count: number.optional().describe("How many spans are like this (default: at least one)"),
});
const spans = z.array(span, { error: (issue) => `${show(issue.input)} is not a list of spans` });

const metric = z.strictObject({
  name: text.describe("Name in the registry; the prefix iapeer. may be left out"),
  attributes: partialRecord.optional(),
  value: z
    .union([number, z.null()])
    .optional()
    .describe("Sum over the series that match; of a histogram the number of measurements; null: there is no such series"),
  sum: number.optional().describe("Of a histogram: the sum of the measurements, in its unit"),
});

const map = <Value extends z.ZodType>(key: z.ZodString, value: Value, what: string): z.ZodRecord<z.ZodString, Value> =>
  z.record(key, value, { error: (issue) => `${show(issue.input)} is not a map of ${what}` });

/** Keys of an expectation, shared by entries, `expect` at the top and `eventually`. */
const expectationShape = {
  because: text.optional().describe("The sentence that heads the failure"),
  log: records.optional().describe("Partial records in this order among the records since the previous log"),
  logExactly: records.optional().describe("The same, and nothing else"),
  noLog: records.optional().describe("Partial records that must not appear since the previous log"),
  peers: map(peerName, peerFacts, "peers to facts").optional(),
  sender: map(messageName, senderFacts, "message names to receipts").optional(),
  delivered: map(
    peerName,
    z.array(messageName, { error: (issue) => `${show(issue.input)} is not a list of message names` }),
    "peers to message names",
  )
    .optional()
    .describe("Messages that landed in the current instance, in order"),
  files: map(relativePath, fileFacts, "paths to expectations").optional(),
  spans: spans.optional().describe("Partial spans that exist by now"),
  noSpans: spans.optional().describe("Partial spans that must not exist by now"),
  metrics: z
    .array(metric, { error: (issue) => `${show(issue.input)} is not a list of metrics` })
    .optional()
    .describe("Metrics as they are now"),
  notices: records.optional().describe("Partial notices raised so far"),
};

export const expectation = z.strictObject(expectationShape).meta({ id: "expectation", description: "What must hold" });
export const eventually = z
  .strictObject({ within: duration, ...expectationShape })
  .meta({ description: "What must come true after all faults are healed" });
