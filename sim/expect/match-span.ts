import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { formatDuration } from "../language/duration.ts";
import type { LinkPattern, SpanExpectation, SpanPattern } from "../language/scenario.ts";
import { shortName } from "../language/telemetry-words.ts";
import { matchesTime } from "../language/time-pattern.ts";
import { matchesValue } from "./match-record.ts";
import { recordText } from "./record-text.ts";
import { beginOf, durationOf, type LinkView, linksOf, nameOfSpan, parentOf, type SpanBook, statusOf } from "./span-book.ts";

/** One thing that an expectation says of a span, and whether it is so. */
interface Fact {
  readonly holds: boolean;
  /** Weight in nearness. */
  readonly weight: number;
  /** What is there instead, for a reader. */
  readonly differs: () => string;
}

/** Does a span answer to everything that is said? */
export function matchesSpan(expected: SpanExpectation, span: ReadableSpan, book: SpanBook): boolean {
  return span.ended && factsOf(expected, span, book).every(({ holds }) => holds);
}

/** The share of facts that hold, the name counting most. */
export function spanNearness(expected: SpanExpectation, span: ReadableSpan, book: SpanBook): number {
  const facts = factsOf(expected, span, book);
  const total = facts.reduce((sum, { weight }) => sum + weight, 0);
  return facts.reduce((sum, { holds, weight }) => sum + (holds ? weight : 0), 0) / total;
}

/** `wake.mode is resume, not fresh; its parent is none, not wake`. */
export function spanDifferences(expected: SpanExpectation, span: ReadableSpan, book: SpanBook): string {
  return factsOf(expected, span, book)
    .filter(({ holds }) => !holds)
    .map(({ differs }) => differs())
    .join("; ");
}

function factsOf(expected: SpanExpectation, span: ReadableSpan, book: SpanBook): Fact[] {
  const { at, duration } = expected;
  return [
    ...patternFacts(expected, span),
    ...(at === undefined ? [] : [timeFact("at", at, beginOf(span, book))]),
    ...(duration === undefined ? [] : [timeFact("duration", duration, durationOf(span))]),
    ...parentFacts(expected, span, book),
    ...linkFacts(expected, linksOf(span, book)),
  ];
}

function patternFacts({ name, attributes, status }: SpanPattern, span: ReadableSpan): Fact[] {
  const value = (key: string, wanted: unknown, actual: unknown, weight = 1): Fact => ({
    holds: matchesValue(wanted, actual),
    weight,
    differs: () => `${key} is ${actual === undefined ? "missing" : String(actual)}, not ${wanted === null ? "missing" : String(wanted)}`,
  });
  return [
    ...(name === undefined ? [] : [value("name", name, span.name, 3)]),
    ...Object.entries(attributes).map(([key, wanted]) => value(shortName(key), wanted, span.attributes[key])),
    ...(status === undefined ? [] : [value("status", status, statusOf(span))]),
  ];
}

function timeFact(key: string, wanted: string, ms: number): Fact {
  return { holds: matchesTime(wanted, ms), weight: 1, differs: () => `${key} is ${formatDuration(ms)}, not ${wanted}` };
}

function parentFacts({ parent: wanted }: SpanExpectation, span: ReadableSpan, book: SpanBook): Fact[] {
  if (wanted === undefined) return [];
  const parent = parentOf(span, book);
  const holds = wanted === null ? parent === null : answers(wanted, parent);
  const there = parent === null || parent === "unknown" ? nameOfSpan(parent) : briefText(parent, [wanted]);
  return [{ holds, weight: 1, differs: () => `its parent is ${there}, not ${wanted === null ? "none" : spanPatternText(wanted)}` }];
}

function linkFacts({ link: wanted, links: count }: SpanExpectation, links: readonly LinkView[]): Fact[] {
  const there = (): string =>
    links.map(({ to, type }) => `${to === null ? "an unknown span" : briefText(to, wanted ?? [])} (${type})`).join(", ") || "none";
  const facts: Fact[] = [];
  if (wanted !== undefined && wanted.length === 0)
    facts.push({ holds: links.length === 0, weight: 1, differs: () => `its links are ${there()}, not none` });
  if (wanted !== undefined && wanted.length > 0) {
    facts.push({
      holds: eachHasItsOwn(wanted, links),
      weight: 1,
      differs: () => `its links are ${there()}, not ${wanted.map(spanPatternText).join(" and ")}`,
    });
  }
  if (count !== undefined) {
    facts.push({ holds: matchesValue(count, links.length), weight: 1, differs: () => `it has ${links.length} links, not ${count}` });
  }
  return facts;
}

/** Every pattern has a link that no other pattern needs. */
function eachHasItsOwn([first, ...rest]: readonly LinkPattern[], links: readonly LinkView[]): boolean {
  if (first === undefined) return true;
  return links.some(
    ({ to, type }, index) =>
      (first.type === undefined || first.type === type) && answers(first, to) && eachHasItsOwn(rest, links.toSpliced(index, 1)),
  );
}

/** A span as a reader compares it with patterns: its name, and what they say something of. */
function briefText(span: ReadableSpan, patterns: readonly (SpanPattern | null)[]): string {
  const keys = [...new Set(patterns.flatMap((pattern) => Object.keys(pattern?.attributes ?? {})))].filter((key) => key in span.attributes);
  const status = patterns.some((pattern) => pattern?.status !== undefined) ? { status: statusOf(span) } : {};
  return recordText({ ev: span.name, ...Object.fromEntries(keys.map((key) => [shortName(key), span.attributes[key]])), ...status });
}

function answers(pattern: SpanPattern, span: ReadableSpan | "unknown" | null): boolean {
  if (span === null || span === "unknown") return false;
  return patternFacts(pattern, span).every(({ holds }) => holds);
}

/** An expectation as the scenario writes it, prefixes left out. */
export function spanPatternText(pattern: SpanExpectation | LinkPattern): string {
  const { name, attributes, ...rest } = pattern as SpanExpectation & LinkPattern;
  const said = Object.entries(rest).map(([key, value]) => `${key}: ${saidText(value)}`);
  const pairs = Object.entries(attributes).map(([key, value]) => `${shortName(key)}: ${String(value)}`);
  const parts = [
    ...(name === undefined ? [] : [`name: ${name}`]),
    ...(pairs.length === 0 ? [] : [`attributes: { ${pairs.join(", ")} }`]),
    ...said,
  ];
  return parts.length === 1 && name !== undefined ? name : `{ ${parts.join(", ")} }`;
}

function saidText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(saidText).join(" and ");
  return typeof value === "object" && value !== null ? spanPatternText(value as LinkPattern) : value === null ? "none" : String(value);
}
