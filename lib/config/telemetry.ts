import { closest } from "fastest-levenshtein";
import { IapeerError } from "../model/errors.ts";
import type { Disk } from "../ports/disk.ts";
import { readConfigFile } from "./file.ts";
import { ON_OFF, onOffOf } from "./keys.ts";
import type { ConfigFile } from "./yaml-file.ts";

/** The section `telemetry:` of `<root>/config.yaml`; null where it says nothing. The environment's `OTEL_*` variables come before it. */
export interface TelemetrySettings {
  /** Serve `/metrics`. */
  readonly metrics: boolean | null;
  /** Base URL of an OTLP receiver for traces and metrics. */
  readonly otlp: string | null;
  /** Send decisions as OTLP log records, too. */
  readonly logs: boolean | null;
}

export const NO_TELEMETRY_SETTINGS: TelemetrySettings = { metrics: null, otlp: null, logs: null };

interface SectionKey {
  readonly accepts: string;
  /** Null when the text is not accepted. */
  readonly read: (text: string) => Partial<TelemetrySettings> | null;
}

const KEYS: Readonly<Record<string, SectionKey>> = {
  "telemetry.metrics": { accepts: ON_OFF, read: (text) => given("metrics", onOffOf(text)) },
  "telemetry.otlp": {
    accepts: "the http or https URL of an OTLP receiver, like http://127.0.0.1:4318",
    read: (text) => given("otlp", isHttpUrl(text) ? text : null),
  },
  "telemetry.logs": { accepts: ON_OFF, read: (text) => given("logs", onOffOf(text)) },
};

function given<K extends keyof TelemetrySettings>(name: K, value: TelemetrySettings[K]): Partial<TelemetrySettings> | null {
  return value === null ? null : { [name]: value };
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^\s/]/.test(text) && URL.canParse(text);
}

/** The pure part of {@link readTelemetrySettings}. */
export function resolveTelemetry(file: ConfigFile): { readonly settings: TelemetrySettings; readonly problems: readonly string[] } {
  const problems: string[] = [];
  let settings = NO_TELEMETRY_SETTINGS;
  for (const { key, text, source } of file.sections["telemetry"] ?? []) {
    const known = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
    const value = known?.read(text) ?? null;
    if (known === undefined) problems.push(`${key} (${source}) is not a setting: did you mean ${closest(key, Object.keys(KEYS))}?`);
    else if (value === null) problems.push(`${key} is "${text}" (${source}): accepted is ${known.accepts}`);
    else settings = { ...settings, ...value };
  }
  return { settings, problems };
}

/** What `<root>/config.yaml` says about telemetry. Rejects `bad-setting` with every problem of the file and the section. */
export async function readTelemetrySettings(disk: Disk, root: string): Promise<TelemetrySettings> {
  const file = await readConfigFile(disk, root);
  const { settings, problems: own } = resolveTelemetry(file);
  const problems = [...file.problems, ...own];
  if (problems.length > 0) throw new IapeerError("bad-setting", problems.join("\n"));
  return settings;
}
