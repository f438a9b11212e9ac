import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { Located, SpanExpectation } from "../language/scenario.ts";
import type { WorldTelemetry } from "../world/api.ts";
import type { Finding } from "./check-facts.ts";
import type { Failure, RecordLine } from "./failure.ts";
import { matchesValue } from "./match-record.ts";
import { matchesSpan, spanDifferences, spanNearness, spanPatternText } from "./match-span.ts";
import { beginOf, type SpanBook, spanBook, spanText } from "./span-book.ts";

export type TelemetryFinding = Finding & Pick<Failure, "records" | "recordsAre">;

/** `spans`: each exists by now, or as many as `count` says. */
export function checkSpans(telemetry: WorldTelemetry, expected: readonly Located<SpanExpectation>[]): TelemetryFinding[] {
  if (expected.length === 0) return [];
  const book = spanBook(telemetry);
  return expected.flatMap(({ value, place }, index) => {
    const found = book.all.filter((span) => matchesSpan(value, span, book));
    if (value.count === undefined ? found.length > 0 : matchesValue(value.count, found.length)) return [];
    const part = `spans[${index}]`;
    if (value.count !== undefined && found.length > 0) return [counted(part, place, value, found, book)];
    return [missing(part, place, value, book)];
  });
}

/** `noSpans`: none of them exists. */
export function checkNoSpans(telemetry: WorldTelemetry, expected: readonly Located<SpanExpectation>[]): TelemetryFinding[] {
  if (expected.length === 0) return [];
  const book = spanBook(telemetry);
  return expected.flatMap(({ value, place }, index) => {
    const found = book.all.find((span) => matchesSpan(value, span, book));
    if (found === undefined) return [];
    const told = { expected: `no ${spanPatternText(value)}`, got: spanText(found, book) };
    return [
      { part: `noSpans[${index}]`, place, headline: "a span was made that must not be", ...told, ...around(found, "this one", book) },
    ];
  });
}

function counted(
  part: string,
  place: Finding["place"],
  expected: SpanExpectation,
  found: readonly ReadableSpan[],
  book: SpanBook,
): TelemetryFinding {
  const records = found.slice(0, SHOWN).map((span) => lineOf(span, false, "", book));
  const told = { headline: "there is another number of such spans", expected: spanPatternText(expected), got: `${found.length} of them` };
  return { part, place, ...told, records, recordsAre: "spans like it" };
}

/** Below this share of facts a span is no near miss. */
const NEAR_ENOUGH = 0.3;
/** How many spans a failure shows around the nearest one. */
const SHOWN = 12;

function missing(part: string, place: Finding["place"], expected: SpanExpectation, book: SpanBook): TelemetryFinding {
  let best: { readonly span: ReadableSpan | null; readonly score: number } = { span: null, score: 0 };
  for (const span of book.all) {
    const score = span.ended ? spanNearness(expected, span, book) : 0;
    if (score > best.score) best = { span, score };
  }
  const near = best.score >= NEAR_ENOUGH ? best.span : null;
  const got = near === null ? (book.all.length === 0 ? "no span at all" : "no span like it") : spanText(near, book);
  const told = { expected: spanPatternText(expected), got };
  return {
    part,
    place,
    headline: "an expected span was not made",
    ...told,
    ...around(near, near === null ? "" : spanDifferences(expected, near, book), book),
  };
}

/** Passes that decided nothing are left out: one a minute hides the rest. */
function around(centre: ReadableSpan | null, differs: string, book: SpanBook): Pick<Failure, "records" | "recordsAre"> {
  const ended = book.all.filter((span) => span.ended && (span === centre || !isQuietPass(span)));
  const at = centre === null ? ended.length - 1 : ended.indexOf(centre);
  const from = Math.max(0, Math.min(at - Math.floor(SHOWN / 2), ended.length - SHOWN));
  const shown = ended.slice(from, from + SHOWN);
  return { records: shown.map((span) => lineOf(span, span === centre, span === centre ? differs : "", book)), recordsAre: "spans so far" };
}

function isQuietPass({ name, attributes }: ReadableSpan): boolean {
  return name === "supervise" && Object.keys(attributes).length === 1;
}

function lineOf(span: ReadableSpan, nearest: boolean, differs: string, book: SpanBook): RecordLine {
  return { atMs: beginOf(span, book), text: spanText(span, book), nearest, differs };
}
