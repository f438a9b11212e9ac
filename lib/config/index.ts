/** Settings of the daemon: read strictly, from the environment and `<root>/config.yaml` (lifecycle §4). */
export type { SettingKey } from "./keys.ts";
export { configPath, type Environment, readSettings } from "./settings.ts";
