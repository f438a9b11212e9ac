import { availableParallelism } from "node:os";
import { Command, InvalidArgumentError } from "commander";
import { type Config, parseSetting, parseSweep, type Sweep } from "../what-if/settings.ts";
import { readTime, wholeNumber } from "./arguments.ts";
import type { WhatIfOptions } from "./what-if/command.ts";

/** More threads than this gain nothing, and each holds a simulator of its own. */
const MOST_JOBS = 4;

/** `iapeer what-if LOG…`: what would have been decided with other settings. Sets `process.exitCode`. */
export function whatIfCommand(): Command {
  return new Command("what-if")
    .summary("what a log's inputs come to under other settings")
    .description(
      "Replays the inputs of a real log under its own settings and under others, and compares: which decisions differ, wakes, resumed and fresh conversations, holds, hours of live sessions, how long messages waited. Under its own settings the replay must decide what the log says; where it does not, the first difference is shown.",
    )
    .argument("<logs...>", "lifecycle.log, with its rotated parts, or traces as OTLP/JSON; also gzipped, also several, merged by time")
    .option("--set <setting>", "a setting to try, such as idle=30m (repeatable: all of them together)", collectSetting)
    .option("--sweep <range>", "many values of one setting: idle=10m..4h, or idle=10m,1h,4h", readSweep)
    .option("--peer <name>", "only this peer")
    .option("--from <time>", "only from then on: an ISO time", readTime)
    .option("--to <time>", "only until then: an ISO time", readTime)
    .option("--memory <size>", "what a live session holds where the log does not say it, such as 400MiB", readSize)
    .option("--html <file>", "draw both as a page")
    .option("--json", "print as JSON")
    .option("--limit <n>", "so many differences are shown", wholeNumber, 20)
    .option("--jobs <n>", "worker threads", wholeNumber, Math.min(MOST_JOBS, availableParallelism()))
    .addHelpText(
      "after",
      "\nExamples:\n  iapeer what-if ~/.iapeer/logs/iapeer/lifecycle.log --set idle=30m\n  iapeer what-if ~/.iapeer/logs/iapeer/lifecycle.log --sweep idle=10m..4h --memory 400MiB --html idle.html\n\nExit status: 0 the replay under the own settings decides what the log says; 2 it does not; 1 nothing was compared.",
    )
    .action(async (logs: string[], options: WhatIfOptions) => {
      const { whatIfRun } = await import("./what-if/command.ts");
      const code = await whatIfRun(logs, options);
      if (code !== 0) process.exitCode = code;
    });
}

function collectSetting(text: string, before: Config = {}): Config {
  const setting = asArgument(() => parseSetting(text));
  const [name = ""] = Object.keys(setting);
  if (Object.hasOwn(before, name)) throw new InvalidArgumentError(`${name} is set twice; --sweep tries several values.`);
  return { ...before, ...setting };
}

function readSweep(text: string): Sweep {
  return asArgument(() => parseSweep(text));
}

function asArgument<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof RangeError ? new InvalidArgumentError(error.message) : error;
  }
}

const UNITS = { MiB: 2 ** 20, GiB: 2 ** 30, MB: 1e6, GB: 1e9 } as const;

function readSize(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?(MiB|GiB|MB|GB)$/.exec(text) ?? [];
  const bytes = Number(number) * (UNITS[unit as keyof typeof UNITS] ?? Number.NaN);
  if (bytes > 0) return bytes;
  throw new InvalidArgumentError(`"${text}" is no size: write 400MiB or 1.5GiB.`);
}
