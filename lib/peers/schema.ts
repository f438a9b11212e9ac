import { z } from "zod";
import { IapeerError } from "../model/errors.ts";
import { isPersonality, isRuntimeName } from "../model/identity.ts";
import type { Nature } from "../model/peer.ts";
import { NATURE_WORDS } from "./nature.ts";

/** What profile and registry have in common on disk: the same keys, the same rules, the same way to say what is wrong. */
export const personalityField = z
  .string()
  .refine(isPersonality, 'is not a peer name: a lower-case letter, then up to 31 of a–z, 0–9 and "-"');
const runtimeField = z.string().refine(isRuntimeName, "is not a runtime name: a lower-case letter, then up to 31 of a–z and 0–9, no dash");
const natureField = z.enum(Object.keys(NATURE_WORDS) as [string, ...string[]]);

export const sharedFields = {
  personality: personalityField,
  default_runtime: runtimeField.optional(),
  runtimes: z.array(runtimeField).min(1, "names no runtime: at least one is needed").optional(),
  description: z.string().max(450, "is longer than 450 characters").optional(),
  intelligence: natureField.optional(),
  interfaces: z.record(z.string(), z.unknown()).optional(),
};

interface RuntimeFields {
  readonly default_runtime?: string | undefined;
  readonly runtimes?: readonly string[] | undefined;
}

/** The declared runtimes with the default among them; throws when there is none or the default is not declared. */
export function declaredRuntimes(
  fields: RuntimeFields,
  fail: (problem: string) => never,
): { defaultRuntime: string; runtimes: readonly string[] } {
  const runtimes = fields.runtimes ?? (fields.default_runtime === undefined ? [] : [fields.default_runtime]);
  const defaultRuntime = fields.default_runtime ?? runtimes[0];
  if (defaultRuntime === undefined)
    return fail('neither "runtimes" nor "default_runtime" is given: one runtime is needed, for example "claude"');
  if (!runtimes.includes(defaultRuntime))
    return fail(`default_runtime "${defaultRuntime}" is not among the runtimes ${runtimes.join(", ")}`);
  return { defaultRuntime, runtimes: [...new Set(runtimes)] };
}

/** The nature that a file declares; without a word of its own, what the default runtime suggests. */
export function natureOf(word: string | undefined, defaultRuntime: string): Nature {
  const declared = word === undefined ? undefined : NATURE_WORDS[word];
  if (declared) return declared;
  if (["telegram", "discord", "matrix", "email", "web"].includes(defaultRuntime)) return "natural";
  return ["notifier", "webhook", "api", "cron"].includes(defaultRuntime) ? "absent" : "artificial";
}

/** JSON text checked against a schema; throws `IapeerError(code)` that names the file, the key, the value and what is accepted. */
export function parseJson<T>(path: string, text: string, schema: z.ZodType<T>, code: string): T {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new IapeerError(code, `${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const where = issue.path.length === 0 ? "the file" : issue.path.map(String).join(".");
    return `${where}${shown(raw, issue.path)}: ${issue.message}`;
  });
  throw new IapeerError(code, `${path}: ${problems.join("; ")}`);
}

function shown(raw: unknown, path: readonly PropertyKey[]): string {
  let value = raw;
  for (const key of path) value = value !== null && typeof value === "object" ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  if (value === undefined) return " (missing)";
  return typeof value === "object" ? "" : ` ${JSON.stringify(value).slice(0, 80)}`;
}
