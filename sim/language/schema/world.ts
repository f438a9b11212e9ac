import { z } from "zod";
import { show } from "../problem.ts";
import { count, duration, flag, period, runtimeName, text, word } from "./values.ts";

/** Peers, behaviours and settings: what the small world is made of. */

/** How simulated sessions behave; all keys optional. */
export const behavior = z
  .strictObject({
    boot: duration.optional().describe("From spawn to a composer that takes messages (3s)"),
    turn: duration.optional().describe("Length of the turn that a message starts (20s)"),
    silent: duration.optional().describe("Quiet time before a turn's first output (0s)"),
    nothingToResume: flag.optional().describe("The conversation cannot be found again"),
    onResume: word("way to resume", ["ok", "reject", "crash"]).optional(),
    rejectsAfter: duration.optional().describe("From spawn to a rejected resume (450ms)"),
    onBoot: word("way to boot", ["ok", "fail", "hang", "dialog"]).optional(),
    diesAfter: duration.optional().describe("Crashes this long after READY"),
    exitCode: count(0, 255).optional().describe("Exit code of such a crash (1)"),
    term: duration.optional().describe("From TERM to its end (20ms)"),
    ignoresKill: flag.optional().describe("Survives every signal"),
    touchesTranscript: period.optional().describe("Re-saves its transcript this often without a turn"),
    repaints: period.optional().describe("Terminal output at the prompt this often"),
  })
  .meta({ id: "behavior", description: "Behaviour of a simulated session" });

/** Lifecycle settings by their camelCase name; defaults are production's. */
export const config = z
  .strictObject({
    idle: duration.optional().describe("Idle longer than this is parked; 0s = never (1h)"),
    bootDeadline: period.optional().describe("A bring-up not ready by then has failed (4m)"),
    readyGate: period.optional().describe("A first message must start a turn within (2m)"),
    maxAge: period.optional().describe("Bound for a live session that cannot be accounted for (4h)"),
    supervise: period.optional().describe("The safety pass (1m)"),
    crashLoopMax: count(1, 16).optional().describe("Deaths within the window that refuse a bring-up (3)"),
    crashLoopWindow: period.optional().describe("Window of the crash-loop guard (5m)"),
    superviseLogVerbose: flag.optional().describe("Also log alive and skipped peers"),
  })
  .meta({ id: "config", description: "Lifecycle settings" });

/** One peer; `{}` is an executor on claude. */
export const peer = z
  .strictObject({
    runtime: runtimeName.optional().describe("Default runtime (claude)"),
    runtimes: z
      .array(runtimeName, { error: (issue) => `${show(issue.input)} is not a list of runtimes` })
      .min(1, { error: "an empty list of runtimes" })
      .optional(),
    human: flag.optional().describe("Conversational: a dialogue with a person"),
    nature: word("nature", ["artificial", "natural", "absent"]).optional(),
    initialPrompt: text.optional().describe("First turn of every fresh session"),
    cwd: word("cwd", ["missing"]).optional().describe("Its folder is not there"),
    managed: word("manager", ["launchd", "systemd"]).optional(),
    registered: flag.optional().describe("false: nobody has heard of it"),
    behavior: behavior.optional(),
  })
  .meta({ id: "peer", description: "A peer; {} is an executor on claude" });
