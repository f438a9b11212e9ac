/** Settings of the daemon: read strictly, from the environment and `<root>/config.yaml` (lifecycle §4). */
export { configPath } from "./file.ts";
export type { SettingKey } from "./keys.ts";
export { type Environment, readSettings } from "./settings.ts";
export { NO_TELEMETRY_SETTINGS, readTelemetrySettings, type TelemetrySettings } from "./telemetry.ts";
