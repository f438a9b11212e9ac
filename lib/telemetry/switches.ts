import type { Environment, TelemetrySettings } from "../config/index.ts";

export const SIGNALS = ["traces", "metrics", "logs"] as const;
export type Signal = (typeof SIGNALS)[number];

/** What is asked for (telemetry "Switches"); pure. Nothing is on unless somebody asked. */
export interface TelemetryPlan {
  /** How the OpenTelemetry SDK is set up: not at all, by `OTEL_*` variables, or by the declarative file that `OTEL_CONFIG_FILE` names. */
  readonly sdk: "off" | "variables" | "file";
  /** Give out `/metrics`. */
  readonly scrape: boolean;
  /** Exporters by signal, as the SDK knows them; a declarative file says its own. */
  readonly exporters: Readonly<Record<Signal, readonly string[]>>;
  /** Every `OTEL_*` variable that the SDK shall see, our defaults included. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Long enough for a receiver nearby; the SDK's own ten seconds would hold up the daemon's end. */
const OTLP_TIMEOUT_MS = "2000";

const NOTHING: TelemetryPlan["exporters"] = { traces: [], metrics: [], logs: [] };
export const TELEMETRY_OFF: TelemetryPlan = { sdk: "off", scrape: false, exporters: NOTHING, variables: {} };

/** Standard variables keep their standard meaning and win over the settings file; a signal that nobody mentions stays off. */
export function planTelemetry(env: Environment, settings: TelemetrySettings): TelemetryPlan {
  if (said(env, "OTEL_SDK_DISABLED")?.toLowerCase() === "true") return TELEMETRY_OFF;
  const metricWords = words(env, "OTEL_METRICS_EXPORTER");
  const file = said(env, "OTEL_CONFIG_FILE") !== undefined;
  const exporters = file ? NOTHING : exportersOf(env, settings);
  const ours = settings.metrics ?? exporters.metrics.length > 0;
  const scrape = metricWords.includes("prometheus") || (ours && !metricWords.includes("none"));
  const some = SIGNALS.some((signal) => exporters[signal].length > 0);
  const sdk = file ? "file" : some ? "variables" : "off";
  return { sdk, scrape, exporters, variables: sdk === "off" ? {} : variablesFor(env, settings, exporters) };
}

/** A variable's text; unset, empty and blank are the same. */
export function said(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

/** A variable that holds a list. */
export function words(env: Environment, name: string): string[] {
  return (said(env, name) ?? "")
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

function exportersOf(env: Environment, settings: TelemetrySettings): TelemetryPlan["exporters"] {
  const everything = said(env, "OTEL_EXPORTER_OTLP_ENDPOINT") !== undefined || settings.otlp !== null;
  const of = (signal: Signal): string[] => {
    const upper = signal.toUpperCase();
    const named = words(env, `OTEL_${upper}_EXPORTER`);
    if (named.includes("none")) return [];
    // Prometheus text is the daemon's own affair: the SDK would open a port of its own.
    if (named.length > 0) return named.filter((word) => !(signal === "metrics" && word === "prometheus"));
    const own = said(env, `OTEL_EXPORTER_OTLP_${upper}_ENDPOINT`) !== undefined;
    // Decisions are in lifecycle.log, which collectors tail; sent as logs besides they would be there twice.
    return own || (signal === "logs" ? settings.logs === true : everything) ? ["otlp"] : [];
  };
  return { traces: of("traces"), metrics: of("metrics"), logs: of("logs") };
}

function variablesFor(env: Environment, settings: TelemetrySettings, exporters: TelemetryPlan["exporters"]): Record<string, string> {
  const given = Object.entries(env).flatMap(([name, value]) => (name.startsWith("OTEL_") && value !== undefined ? [[name, value]] : []));
  const chosen = SIGNALS.map((signal) => [`OTEL_${signal.toUpperCase()}_EXPORTER`, exporters[signal].join(",") || "none"]);
  return {
    OTEL_EXPORTER_OTLP_TIMEOUT: OTLP_TIMEOUT_MS,
    ...(settings.otlp !== null && { OTEL_EXPORTER_OTLP_ENDPOINT: settings.otlp }),
    ...Object.fromEntries(given.filter(([, value]) => value?.trim() !== "")),
    ...Object.fromEntries(chosen),
  };
}

/** Where exports go, for people: base URLs without what may be secret in them. A declarative file says its own. */
export function endpointsOf(plan: TelemetryPlan): { readonly signal: Signal; readonly url: string }[] {
  return SIGNALS.filter((signal) => plan.exporters[signal].includes("otlp")).map((signal) => {
    const { variables } = plan;
    const own = said(variables, `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`);
    const protocol =
      said(variables, `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_PROTOCOL`) ?? said(variables, "OTEL_EXPORTER_OTLP_PROTOCOL");
    const standard = protocol === "grpc" ? "http://localhost:4317" : "http://localhost:4318";
    return { signal, url: own ?? said(variables, "OTEL_EXPORTER_OTLP_ENDPOINT") ?? standard };
  });
}
