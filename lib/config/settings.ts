import { closest } from "fastest-levenshtein";
import { IapeerError } from "../model/errors.ts";
import { DEFAULT_SETTINGS, type Settings } from "../model/settings.ts";
import type { Disk } from "../ports/disk.ts";
import { readConfigFile } from "./file.ts";
import { isForeignName, SETTING_KEYS } from "./keys.ts";
import { resolveTelemetry } from "./telemetry.ts";
import type { ConfigFile } from "./yaml-file.ts";

/** The environment as the settings see it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Settings of a daemon: the environment, then `<root>/config.yaml`, then the defaults. Rejects `bad-setting` once, with a line for each
 * value that is not accepted and each key that is not known: a daemon that guesses a policy is worse than one that does not start.
 */
export async function readSettings(disk: Disk, root: string, env: Environment): Promise<Settings> {
  return resolveSettings(env, await readConfigFile(disk, root));
}

/** The pure part of {@link readSettings}. */
export function resolveSettings(env: Environment, file: ConfigFile): Settings {
  const problems = [...file.problems, ...resolveTelemetry(file).problems];
  const values: Record<string, number | boolean | string> = {};
  for (const { key, text, source } of [...file.entries, ...environmentEntries(env)]) {
    const setting = Object.hasOwn(SETTING_KEYS, key) ? SETTING_KEYS[key] : undefined;
    const value = setting?.read(text) ?? null;
    if (setting === undefined)
      problems.push(`${key} (${source}) is not a setting: did you mean ${closest(key, Object.keys(SETTING_KEYS))}?`);
    else if (value === null) problems.push(`${key} is "${text}" (${source}): accepted is ${setting.accepts}`);
    else values[setting.name] = value;
  }
  if (problems.length > 0) throw new IapeerError("bad-setting", problems.join("\n"));
  return { ...DEFAULT_SETTINGS, ...values };
}

function environmentEntries(env: Environment): ConfigFile["entries"] {
  const names = Object.keys(env).filter((name) => env[name] !== undefined && !isForeignName(name));
  return names.sort().map((key) => ({ key, text: env[key] ?? "", source: "environment" }));
}
