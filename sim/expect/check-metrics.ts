import { DataPointType, type MetricData } from "@opentelemetry/sdk-metrics";
import type { Located, MetricExpectation } from "../language/scenario.ts";
import { shortName } from "../language/telemetry-words.ts";
import type { World } from "../world/api.ts";
import type { TelemetryFinding } from "./check-spans.ts";
import type { RecordLine } from "./failure.ts";
import { differences, matchesRecord, matchesValue, nearness, type PlainRecord, partialText } from "./match-record.ts";

/** One series as it stands: `value` is its number, of a histogram how many measurements it has. */
interface Series {
  readonly labels: PlainRecord;
  readonly value: number;
  readonly sum: number | null;
}

/** `metrics`: the series that match exist, and together have the value that is said. */
export async function checkMetrics(world: World, expected: readonly Located<MetricExpectation>[]): Promise<TelemetryFinding[]> {
  if (expected.length === 0) return [];
  const all = (await world.telemetry.metrics())?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? [];
  return expected.flatMap(({ value: wanted, place }, index) => {
    const series = all.filter(({ descriptor }) => descriptor.name === wanted.name).flatMap(seriesOf);
    const found = series.filter(({ labels }) => matchesRecord(wanted.attributes, labels));
    const got = { value: total(found.map(({ value }) => value)), sum: total(found.map(({ sum }) => sum ?? 0)) };
    const right = (["value", "sum"] as const).every((key) => wanted[key] === undefined || matchesValue(wanted[key], got[key]));
    if (wanted.value === null ? found.length === 0 : found.length > 0 && right) return [];
    return [
      {
        ...{ part: `metrics[${index}]`, place, headline: `${shortName(wanted.name)} is not as expected`, expected: expectedText(wanted) },
        got: found.length === 0 ? (series.length === 0 ? "no series at all" : "no series like it") : gotText(wanted, got, found.length),
        records: linesOf(wanted, series, found, world.now()),
        recordsAre: `series of ${shortName(wanted.name)}`,
      },
    ];
  });
}

function seriesOf(metric: MetricData): Series[] {
  if (metric.dataPointType === DataPointType.HISTOGRAM) {
    return metric.dataPoints.map(({ attributes, value }) => ({ labels: attributes, value: value.count, sum: value.sum ?? 0 }));
  }
  if (metric.dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM) return [];
  return metric.dataPoints.map(({ attributes, value }) => ({ labels: attributes, value, sum: null }));
}

/** Sums of seconds are rounded to nanoseconds, so that `9.3` can be written. */
function total(numbers: readonly number[]): number {
  return Math.round(numbers.reduce((sum, number) => sum + number, 0) * 1e9) / 1e9;
}

function expectedText({ name, attributes, value, sum }: MetricExpectation): string {
  const said = { ...(value === undefined ? {} : { value: value ?? "none" }), ...(sum === undefined ? {} : { sum }) };
  return partialText({ name: shortName(name), ...(Object.keys(attributes).length === 0 ? {} : { attributes }), ...said });
}

function gotText(wanted: MetricExpectation, got: { readonly value: number; readonly sum: number }, series: number): string {
  const told = [...(wanted.value === undefined ? [] : [`value ${got.value}`]), ...(wanted.sum === undefined ? [] : [`sum ${got.sum}`])];
  return `${told.join(", ")}${series > 1 ? ` over ${series} series` : ""}`;
}

/** How many series a failure shows. */
const SHOWN = 12;

function linesOf({ attributes }: MetricExpectation, series: readonly Series[], found: readonly Series[], atMs: number): RecordLine[] {
  const rank = (one: Series): number => (found.includes(one) ? 2 : nearness(attributes, one.labels)) + (one.value === 0 ? 0 : 0.01);
  const shown = [...series].sort((left, right) => rank(right) - rank(left)).slice(0, SHOWN);
  return shown.map((one, index) => {
    const nearest = found.length === 0 && index === 0;
    const text = `${labelsText(one.labels)} value=${one.value}${one.sum === null ? "" : ` sum=${total([one.sum])}`}`;
    return { atMs, text, nearest, differs: nearest ? differences(attributes, one.labels) : "" };
  });
}

function labelsText(labels: PlainRecord): string {
  return `{${Object.entries(labels)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(",")}}`;
}
