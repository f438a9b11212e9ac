import { z } from "zod";
import { DURATION_PATTERN, durationProblem, parseDuration } from "../duration.ts";
import { show, unknownWord } from "../problem.ts";

/** Building blocks of the language: each says itself what is wrong with a value and what is accepted. */

/** `500ms`, `90s`, `1m30s`, `2h`, `3d`; parsed to milliseconds. */
export const duration = z
  .string({ error: (issue) => durationProblem(issue.input) })
  .regex(DURATION_PATTERN, { error: (issue) => durationProblem(issue.input) })
  .refine((text) => parseDuration(text) !== null, { error: "a duration of more than 100 years is not accepted", when: isText })
  .transform((text) => parseDuration(text) ?? 0)
  .meta({ id: "duration", description: "Duration: 500ms, 90s, 1m30s, 2h, 3d" });

/** A duration that must not be zero. */
export const period = duration.refine((ms) => ms > 0, { error: "0s is too short here" });

function isText(payload: { value: unknown }): boolean {
  return typeof payload.value === "string" && DURATION_PATTERN.test(payload.value);
}

const SIGNED = /^[+-]?(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;
const signedProblem = (issue: { input?: unknown }): string =>
  typeof issue.input === "number" ? durationProblem(issue.input) : `${show(issue.input)} is not a clock step: write -1h or +90s`;

/** A duration with a sign, for clock steps. */
export const signedDuration = z
  .string({ error: signedProblem })
  .regex(SIGNED, { error: signedProblem })
  .transform((text) => (text.startsWith("-") ? -1 : 1) * (parseDuration(text.replace(/^[+-]/, "")) ?? 0))
  .meta({ description: "Signed duration: -1h, +90s" });

/** Plain text. Numbers and the like are refused, because YAML changes them (`1.10` becomes 1.1). */
export const text = z.string({
  error: (issue) =>
    issue.input === undefined || typeof issue.input === "object"
      ? `${show(issue.input)} is not a text`
      : `${show(issue.input)} is a ${typeof issue.input} to YAML: put it in quotes`,
});

/** A whole number of at least `min`. */
export function count(min: number, max = Number.MAX_SAFE_INTEGER): z.ZodNumber {
  const error = (issue: { input?: unknown }): string =>
    `${show(issue.input)} is not a whole number ${max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

/** true or false; quoted words are not. */
export const flag = z.boolean({ error: (issue) => `${show(issue.input)} is neither true nor false` });

/** One of a few words, with the nearest one in the message. */
export function word<const Words extends readonly string[]>(kind: string, words: Words): z.ZodEnum<{ [Word in Words[number]]: Word }> {
  return z.enum(words, {
    error: (issue) =>
      typeof issue.input === "string"
        ? unknownWord(kind, issue.input, words)
        : `${show(issue.input)} is not a ${kind} (known: ${words.join(", ")})`,
  });
}

const personalityProblem = (issue: { input?: unknown }): string =>
  `${show(issue.input)} is not a peer name: a lower-case letter, then up to 31 of a–z, 0–9 and "-"`;

/** The name of a peer; whether it is declared is checked afterwards. */
export const peerName = z
  .string({ error: personalityProblem })
  .regex(/^[a-z][a-z0-9-]{0,31}$/, { error: personalityProblem })
  .meta({ description: "A peer of this scenario" });

const runtimeProblem = (issue: { input?: unknown }): string =>
  `${show(issue.input)} is not a runtime name: a lower-case letter, then up to 31 of a–z and 0–9, no dash`;

/** `claude`, `codex`, … */
export const runtimeName = z.string({ error: runtimeProblem }).regex(/^[a-z][a-z0-9]{0,31}$/, { error: runtimeProblem });

/** A name given with `as`. */
export const messageName = z
  .string({ error: (issue) => `${show(issue.input)} is not a message name: write a word` })
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, {
    error: (issue) => `${show(issue.input)} is not a message name: a letter, then up to 63 of letters, digits, "_" and "-"`,
  });

const pathProblem = (issue: { input?: unknown }): string =>
  `${show(issue.input)} is not a path relative to the root, such as state/lifecycle/claude-scout.topic`;

/** A path under the root: no leading slash, no `..`. */
export const relativePath = z.string({ error: pathProblem }).regex(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$)).+$/, { error: pathProblem });

/** A system's error code: `ENOSPC`, `EIO`, … */
export const errorCode = z
  .string({ error: (issue) => `${show(issue.input)} is not an error code such as ENOSPC, EIO or EROFS` })
  .regex(/^E[A-Z0-9]{2,15}$/, { error: (issue) => `${show(issue.input)} is not an error code such as ENOSPC, EIO or EROFS` });
