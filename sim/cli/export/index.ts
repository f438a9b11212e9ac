/** What `sim run` records besides its report: spans and metrics in virtual time, for a collector, for files, for Prometheus. */
import type { Scenario } from "../../language/scenario.ts";
import type { RunResult } from "../../runner/index.ts";
import type { TelemetryOptions } from "../../world/api.ts";
import { openMetricsExport } from "./open-metrics-file.ts";
import { otlpExport } from "./otlp.ts";
import { otlpJsonExport } from "./otlp-json.ts";

/** One place where recorded runs go. Problems are values: a run that cannot be exported is a run all the same. */
export interface Export {
  /** What a run of this scenario has to record for it. */
  wants(scenario: Scenario, instance: string): TelemetryOptions;
  /** A run is over. */
  ran(result: RunResult): Promise<void>;
  /** Everything is written; the lines say what was, and what went wrong. */
  close(): Promise<{ readonly notes: readonly string[]; readonly problems: readonly string[] }>;
}

export interface ExportOptions {
  readonly otlp?: string;
  readonly otlpJson?: string;
  readonly openmetrics?: string;
  /** Virtual ms between two samples of `openmetrics`. */
  readonly every?: number;
}

const EVERY_MS = 60_000;

/** Opens what the options ask for; throws `RangeError` for an address or a file that cannot be used. */
export function openExports({ otlp, otlpJson, openmetrics, every }: ExportOptions, env: NodeJS.ProcessEnv): Export[] {
  if (every !== undefined && openmetrics === undefined) throw new RangeError("--every goes with --openmetrics: it is how often that looks");
  return [
    ...(otlp === undefined ? [] : [otlpExport(otlp, env)]),
    ...(otlpJson === undefined ? [] : [otlpJsonExport(otlpJson)]),
    ...(openmetrics === undefined ? [] : [openMetricsExport(openmetrics, every ?? EVERY_MS)]),
  ];
}

/** What one run records for all of them. */
export function wantsOf(exports: readonly Export[], scenario: Scenario): TelemetryOptions {
  const instance = instanceOf(scenario.file);
  const all = exports.map((one) => one.wants(scenario, instance));
  const listeners = all.flatMap(({ onSpan }) => (onSpan === undefined ? [] : [onSpan]));
  const sample = all.find((one) => one.sample !== undefined)?.sample;
  return {
    instance,
    keepSpans: all.some(({ keepSpans }) => keepSpans === true),
    measure: all.some(({ measure }) => measure === true),
    ...(listeners.length === 0
      ? {}
      : {
          onSpan: (span) => {
            for (const listener of listeners) listener(span);
          },
        }),
    ...(sample === undefined ? {} : { sample }),
  };
}

/** The `service.instance.id` of a scenario: its folder and file, without the ending. */
export function instanceOf(file: string): string {
  return file
    .replace(/\.ya?ml$/, "")
    .split(/[/\\]/)
    .slice(-2)
    .join("/");
}
