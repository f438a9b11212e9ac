import { closeSync, openSync, writeSync } from "node:fs";
import { JsonMetricsSerializer, JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { reasonOf } from "../../../lib/model/errors.ts";
import type { Export } from "./index.ts";
import { atVirtualTimes } from "./virtual-times.ts";

/** Spans on one line. */
const BATCH = 512;

/**
 * A file of OTLP/JSON requests, one a line, as the collector's `otlp_json_file` receiver reads them: the spans as they end, and the metrics
 * as they stand at the end of each run.
 */
export function otlpJsonExport(file: string): Export {
  const descriptor = open(file);
  const waiting: ReadableSpan[] = [];
  let spans = 0;
  const line = (request: Uint8Array | undefined): void => {
    if (request === undefined) return;
    writeSync(descriptor, request);
    writeSync(descriptor, "\n");
  };
  const flush = (): void => {
    if (waiting.length > 0) line(JsonTraceSerializer.serializeRequest(waiting.splice(0)));
  };
  return {
    wants: () => ({
      measure: true,
      onSpan(span) {
        waiting.push(span);
        spans += 1;
        if (waiting.length >= BATCH) flush();
      },
    }),
    async ran({ metrics, scenario, virtualMs }) {
      flush();
      if (metrics === null || scenario === null) return;
      line(JsonMetricsSerializer.serializeRequest(atVirtualTimes(metrics, scenario.startMs, scenario.startMs + virtualMs)));
    },
    async close() {
      closeSync(descriptor);
      return { notes: [`${spans} spans written to ${file}`], problems: [] };
    },
  };
}

function open(file: string): number {
  try {
    return openSync(file, "w");
  } catch (error) {
    throw new RangeError(`--otlp-json: ${file} cannot be written: ${reasonOf(error)}`);
  }
}
