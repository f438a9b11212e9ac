import { z } from "zod";
import { show } from "../problem.ts";
import { count, duration, flag, runtimeName, text, word } from "./values.ts";

/** What a peer is in when the first daemon starts. */
export const GIVEN_STATES = ["alive", "asleep", "stopped", "held"] as const;

/** How its last session may have ended. */
export const GIVEN_ENDS = [
  "parked",
  "stopped",
  "crash",
  "self-close",
  "owner-reset",
  "wedged",
  "host-restart",
  "lost-server",
  "never",
] as const;

/** What asks for a fresh start. */
export const GIVEN_REQUESTS = ["new", "self-fresh", "refresh"] as const;

/** The state of one peer at `0s`, as files, markers and perhaps a living process that an earlier daemon left. */
export const given = z
  .strictObject({
    state: word("state", GIVEN_STATES).optional().describe("At 0s, before the first daemon starts (asleep)"),
    for: duration.optional().describe("In that state for so long; alive: without a sign of life for so long (1m)"),
    runtime: runtimeName.optional().describe("Which of its runtimes it was (its default one)"),
    ended: word("end", GIVEN_ENDS).optional().describe("How its last session ended (parked; stopped; held: crash)"),
    conversation: flag.optional().describe("false: there is nothing to resume"),
    topics: z
      .array(text.min(1, { error: "an empty topic" }), { error: (issue) => `${show(issue.input)} is not a list of topics` })
      .max(16, { error: "a conversation keeps at most 16 topics" })
      .optional()
      .describe("Topics of its conversation"),
    deaths: z
      .array(duration, { error: (issue) => `${show(issue.input)} is not a list of ages such as [4m, 90s]` })
      .max(16, { error: "the ring keeps at most 16 deaths" })
      .optional()
      .describe("Ages of the deaths in its ring (after a crash: that one)"),
    left: duration.optional().describe("held: so long from 0s on (until the ring lets go)"),
    level: count(1, 20).optional().describe("held: the first hold is 1, each dead probe adds one (1)"),
    request: word("request", GIVEN_REQUESTS).optional().describe("A fresh start that was asked for and not given yet"),
  })
  .meta({ id: "given", description: "State of a peer when the first daemon starts; {} is asleep, parked a minute ago" });

export type RawGiven = z.output<typeof given>;
