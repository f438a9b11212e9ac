import type { Command } from "commander";
import type { Context } from "./context.ts";

/** Makes the context of a run from the global options of a parsed command. */
export type ContextOf = (command: Command) => Context;

/** A group of verbs adds itself to the program. */
export type VerbGroup = (program: Command, contextOf: ContextOf) => void;

/** The help ends with a line that works as it stands. */
export function example(...lines: readonly string[]): string {
  const whole = lines.map((line) => `  $ ${line.includes("iapeer ") ? line : `iapeer ${line}`}`);
  return `\n${lines.length === 1 ? "Example" : "Examples"}:\n${whole.join("\n")}`;
}

/** A verb ran to its end and the answer is no: exit code 1 without a further message. */
export class Failed extends Error {
  override readonly name = "Failed";
}

/** Collects an option that may be given several times, or once with commas. */
export function commaList(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(",").filter((word) => word !== "")];
}

/** Collects an option that may be given several times. */
export function each(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
