import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { reasonOf } from "../../../lib/model/errors.ts";
import { METRICS, type MetricSpec } from "../../../lib/telemetry/index.ts";
import { type Family, familyOf, samplesOf } from "../../report/open-metrics.ts";
import type { Export } from "./index.ts";

/** Text that is collected before it is written, in characters. */
const CHUNK = 1 << 20;

/** One family while the runs go on: OpenMetrics wants all its samples together, so each has a file of its own until the end. */
interface Spool {
  readonly family: Family;
  readonly path: string;
  readonly descriptor: number;
  pieces: string[];
  length: number;
}

/**
 * An OpenMetrics text of the metrics at every `everyMs` of virtual time, for `promtool tsdb create-blocks-from openmetrics`. Written as the
 * runs go on, so that a month takes no more memory than an hour; while it is being written, FILE.part-* lie beside it.
 */
export function openMetricsExport(file: string, everyMs: number): Export {
  const spools = openSpools(file);
  const state = { samples: 0, runs: 0 };
  return {
    wants: (_scenario, instance) => ({
      measure: true,
      sample: {
        everyMs,
        take(metrics, wallMs) {
          for (const metric of metrics.scopeMetrics.flatMap((scope) => scope.metrics)) {
            const spool = spools.get(metric.descriptor.name);
            if (spool === undefined) continue;
            for (const text of samplesOf(spool.family, metric, instance, wallMs)) {
              add(spool, text);
              state.samples += 1;
            }
          }
        },
      },
    }),
    async ran() {
      state.runs += 1;
    },
    async close() {
      try {
        join(file, [...spools.values()]);
      } finally {
        for (const { path } of spools.values()) rmSync(path, { force: true });
      }
      return { notes: [`${state.samples} samples of ${state.runs} ${state.runs === 1 ? "run" : "runs"} written to ${file}`], problems: [] };
    },
  };
}

function openSpools(file: string): Map<string, Spool> {
  const specs: readonly MetricSpec[] = Object.values(METRICS);
  try {
    return new Map(
      specs.map((spec, index) => {
        const path = `${file}.part-${index}`;
        return [spec.name, { family: familyOf(spec), path, descriptor: openSync(path, "w+"), pieces: [], length: 0 }];
      }),
    );
  } catch (error) {
    throw new RangeError(`--openmetrics: ${file} cannot be written: ${reasonOf(error)}`);
  }
}

function add(spool: Spool, text: string): void {
  spool.pieces.push(text);
  spool.length += text.length;
  if (spool.length >= CHUNK) flush(spool);
}

function flush(spool: Spool): void {
  writeAll(spool.descriptor, Buffer.from(spool.pieces.join("")));
  spool.pieces = [];
  spool.length = 0;
}

/** Families in the order of the registry; one without a sample is left out. */
function join(file: string, spools: readonly Spool[]): void {
  const target = openSync(file, "w");
  const buffer = Buffer.alloc(CHUNK);
  for (const spool of spools) {
    flush(spool);
    let position = 0;
    for (;;) {
      const read = readSync(spool.descriptor, buffer, 0, CHUNK, position);
      if (read === 0) break;
      if (position === 0) writeAll(target, Buffer.from(spool.family.head));
      writeAll(target, buffer.subarray(0, read));
      position += read;
    }
    closeSync(spool.descriptor);
    rmSync(spool.path);
  }
  writeAll(target, Buffer.from("# EOF\n"));
  closeSync(target);
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}
