/** OpenTelemetry of a running daemon: started when asked for, and never in its way (telemetry "Switches"). */
export { configFileProblem } from "./config-file.ts";
export { type RunningTelemetry, SHUTDOWN_WITHIN_MS, startTelemetry, type TelemetryRequest } from "./start.ts";
