import { z } from "zod";
import { show } from "../problem.ts";
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

const span = z.strictObject({
  name: scalar,
  attributes: partialRecord.optional(),
  status: scalar.optional(),
  parent: scalar.optional(),
  link: scalar.optional(),
});
const metric = z.strictObject({ name: scalar, attributes: partialRecord.optional(), value: number.optional() });

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
  spans: z.array(span, { error: (issue) => `${show(issue.input)} is not a list of spans` }).optional(),
  metrics: z.array(metric, { error: (issue) => `${show(issue.input)} is not a list of metrics` }).optional(),
  notices: records.optional().describe("Partial notices raised so far"),
};

export const expectation = z.strictObject(expectationShape).meta({ id: "expectation", description: "What must hold" });
export const eventually = z
  .strictObject({ within: duration, ...expectationShape })
  .meta({ description: "What must come true after all faults are healed" });
