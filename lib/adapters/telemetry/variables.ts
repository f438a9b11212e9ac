import type { Environment } from "../../config/index.ts";

/**
 * Runs a synchronous function while the process's `OTEL_*` variables are exactly these: the SDK reads its settings there and nowhere else.
 * Afterwards the environment is as before, so that sessions that the daemon starts inherit nothing of it.
 */
export function withVariables<T>(variables: Environment, run: () => T): T {
  const wanted = Object.entries(variables).filter(([name]) => isTelemetry(name));
  const before = Object.entries(process.env).filter(([name]) => isTelemetry(name));
  setAll(wanted);
  try {
    return run();
  } finally {
    setAll(before);
  }
}

function setAll(variables: readonly (readonly [string, string | undefined])[]): void {
  for (const name of Object.keys(process.env)) if (isTelemetry(name)) delete process.env[name];
  for (const [name, value] of variables) if (value !== undefined) process.env[name] = value;
}

/** `IAPEER_VERSION` is for declarative files, which say themselves who sends. */
function isTelemetry(name: string): boolean {
  return name.startsWith("OTEL_") || name === "IAPEER_VERSION";
}
