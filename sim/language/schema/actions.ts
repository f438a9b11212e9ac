import { z } from "zod";
import { DISK_OPERATIONS } from "../../../lib/ports/disk.ts";
import { show, unknownWord } from "../problem.ts";
import {
  count,
  duration,
  errorCode,
  flag,
  messageName,
  peerName,
  period,
  relativePath,
  runtimeName,
  signedDuration,
  text,
  word,
} from "./values.ts";
import { behavior, config } from "./world.ts";

/** One schema per verb of a timeline entry; the verb is found first, so that a slip gets a precise message. */

/** What a crash can be put at: an operation of the disk (or a family of them), of the session host, or of a runtime. */
const CRASH_OPERATIONS: readonly string[] = [
  ...DISK_OPERATIONS,
  ...["write", "unlink"],
  ...["spawn", "probe", "end", "sessions", "sweep", "attached", "bringUp", "deliver", "interrupt", "compact"],
];

const peerOrMap = z.union([peerName, z.strictObject({ peer: peerName, runtime: runtimeName.optional() })]);

const send = z
  .strictObject({
    to: peerName,
    text: text.optional(),
    length: count(0, 1_000_000).optional().describe("Instead of a text: some text of that length"),
    topic: text.optional(),
    runtime: runtimeName.optional(),
    from: text.optional().describe("The sender's name"),
    as: messageName.optional().describe("Names the message for expectations"),
  })
  .refine((value) => value.text === undefined || value.length === undefined, { error: "a message has a text or a length, not both" });

const crash = z.union([
  peerName,
  z
    .strictObject({
      peer: peerName,
      code: count(0, 255).optional(),
      signal: z
        .string()
        .regex(/^SIG[A-Z0-9]{2,10}$/, { error: (issue) => `${show(issue.input)} is not a signal such as SIGKILL` })
        .optional(),
    })
    .refine((value) => value.code === undefined || value.signal === undefined, {
      error: "a process ends with a code or a signal, not both",
    }),
]);

const crashPoint = z.strictObject({
  before: text
    .refine((value) => CRASH_OPERATIONS.includes(value.split(" ")[0] ?? ""), {
      error: (issue) => unknownWord("operation", String(issue.input).split(" ")[0] ?? "", CRASH_OPERATIONS),
    })
    .refine((value) => /^\S+ \S.*$/.test(value), { error: "an operation and a path pattern: 'rename **/*.idle-reaped'" }),
  nth: count(1).optional(),
});

const daemon = z.union([
  word("thing that happens to the daemon", ["crash", "restart", "stop", "start", "powerLoss", "pause", "continue"]),
  z
    .strictObject({ crash: crashPoint.optional(), powerLoss: crashPoint.optional() })
    .refine((value) => (value.crash === undefined) !== (value.powerLoss === undefined), {
      error: "either crash or powerLoss, with a place",
    }),
]);

const host = z.union([
  word("thing that happens to the host", ["reboot", "sessionServerCrash"]),
  z
    .strictObject({
      suspend: period.optional(),
      sessionServerCrash: z
        .union([peerName, z.array(peerName).min(1)])
        .optional()
        .describe("Only the terminal servers of these peers die"),
    })
    .refine((value) => (value.suspend === undefined) !== (value.sessionServerCrash === undefined), {
      error: "either a suspend or a terminal server that dies",
    }),
]);

const faultFs = z.strictObject({
  fs: word("disk operation", ["write", "rename", "read", "sync", "unlink"]),
  path: text,
  error: errorCode,
  times: count(1).optional(),
  for: period.optional(),
});
const faultProbe = z.strictObject({ probe: peerName, error: text, for: period });

const files = z
  .strictObject({
    write: z.record(relativePath, text, { error: (issue) => `${show(issue.input)} is not a map of paths to texts` }).optional(),
    remove: z.array(relativePath, { error: (issue) => `${show(issue.input)} is not a list of paths` }).optional(),
  })
  .refine((value) => value.write !== undefined || value.remove !== undefined, { error: "nothing to write and nothing to remove" });

/** Schemas of the actions by verb. `fault` has two shapes, told apart by their first key. */
export const ACTIONS = {
  send,
  attach: peerOrMap,
  detach: peerOrMap,
  launch: peerOrMap,
  new: peerOrMap,
  refresh: peerOrMap,
  stop: peerOrMap,
  start: peerOrMap,
  reset: peerOrMap,
  compact: peerOrMap,
  interrupt: peerOrMap,
  selfFresh: z.union([
    peerName,
    z.strictObject({
      peer: peerName,
      runtime: runtimeName.optional(),
      closes: flag.optional().describe("false: the agent leaves it to the daemon to end it"),
    }),
  ]),
  selfDone: peerOrMap,
  turn: z.strictObject({ peer: peerName, for: duration, asks: flag.optional().describe("It waits for a person all that time") }),
  crash,
  exit: z.union([peerName, z.strictObject({ peer: peerName })]),
  next: z.strictObject({
    peer: peerName,
    ...behavior.shape,
    backOff: period.optional().describe("What the daemon waits before its next try for this peer; drawn within its bounds otherwise"),
  }),
  manage: z.strictObject({ peer: peerName, by: word("manager", ["launchd", "systemd", "none"]) }),
  daemon,
  host,
  clock: z.strictObject({ step: signedDuration }),
  fault: z.union([faultFs, faultProbe]),
  probe: z.strictObject({ peer: peerName, every: period, values: text.describe("alive x3 _ dead alive x4") }),
  heal: word("thing to heal", ["all"]),
  files,
  config,
} as const;

export type Verb = keyof typeof ACTIONS;
export const VERBS = Object.keys(ACTIONS) as Verb[];

/** The schema that fits a value of this verb, for messages about that shape alone. */
export function schemaFor(verb: Verb, value: unknown): z.ZodType {
  if (verb !== "fault") return ACTIONS[verb];
  return typeof value === "object" && value !== null && "probe" in value ? faultProbe : faultFs;
}
