import type { MetricSpec } from "../../lib/telemetry/index.ts";
import type { Problems } from "./issues.ts";
import { nearest, show, unknownWord } from "./problem.ts";
import type { Expectation, LinkPattern, Located, MetricExpectation, PartialRecord, SpanExpectation, SpanPattern } from "./scenario.ts";
import type { RawExpectation } from "./schema/file.ts";
import { attributesOf, fullName, METRIC_WORDS, metricOf, SPAN_WORDS, shortName } from "./telemetry-words.ts";
import type { YamlSource } from "./yaml-source.ts";

type Path = readonly PropertyKey[];
type RawSpan = NonNullable<RawExpectation["spans"]>[number];
type RawMetric = NonNullable<RawExpectation["metrics"]>[number];
type RawPattern = { readonly name?: string | undefined; readonly attributes?: PartialRecord | undefined };
type Check = (value: unknown, path: Path) => void;

/** `spans`, `noSpans` and `metrics` of an expectation: names become full names, every word is checked, every piece gets its place. */
export function buildTelemetry(
  raw: RawExpectation,
  path: Path,
  source: YamlSource,
  problems: Problems,
  pattern: Check,
): Pick<Expectation, "spans" | "noSpans" | "metrics"> {
  const list = <In, Out>(key: string, values: readonly In[] | undefined, build: (value: In, path: Path) => Out): Located<Out>[] =>
    (values ?? []).map((value, index) => {
      const here = [...path, key, index];
      return { value: build(value, here), place: source.placeOf(here) };
    });
  const span = (value: RawSpan, here: Path): SpanExpectation => buildSpan(value, here, problems, pattern);
  return {
    spans: list("spans", raw.spans, span),
    noSpans: list("noSpans", raw.noSpans, (value, here) => {
      if (value.count !== undefined) problems.add([...here, "count"], '"count" stands in spans: noSpans is about none at all', "key");
      return span(value, here);
    }),
    metrics: list("metrics", raw.metrics, (value, here) => buildMetric(value, here, problems, pattern)),
  };
}

function buildSpan(raw: RawSpan, path: Path, problems: Problems, pattern: Check): SpanExpectation {
  const { at, duration, parent, link, links, count } = raw;
  for (const key of ["links", "count"] as const) if (raw[key] !== undefined) pattern(raw[key], [...path, key]);
  if (links !== undefined && link === null) problems.add([...path, "links"], "link: null says already that there is none", "key");
  const one = (value: string | RawPattern, here: Path): LinkPattern =>
    typeof value === "string" ? buildPattern({ name: value }, here, here, problems, pattern) : named(value, here);
  const named = (value: RawPattern, here: Path): LinkPattern => {
    if (Object.keys(value).length === 0) problems.add(here, "an empty pattern matches every span: name at least one fact");
    return buildPattern(value, here, [...here, "name"], problems, pattern);
  };
  const linked = (): LinkPattern[] => {
    if (link === null || link === undefined) return [];
    return Array.isArray(link)
      ? link.map((value, index) => one(value as string | RawPattern, [...path, "link", index]))
      : [one(link as string | RawPattern, [...path, "link"])];
  };
  return {
    ...buildPattern(raw, path, [...path, "name"], problems, pattern),
    name: raw.name,
    ...(at === undefined ? {} : { at }),
    ...(duration === undefined ? {} : { duration }),
    ...(parent === undefined ? {} : { parent: parent === null ? null : one(parent, [...path, "parent"]) }),
    ...(link === undefined ? {} : { link: linked() }),
    ...(links === undefined ? {} : { links }),
    ...(count === undefined ? {} : { count }),
  };
}

function buildPattern(
  raw: RawPattern & { readonly status?: SpanPattern["status"] | undefined; readonly type?: string | undefined },
  path: Path,
  namePath: Path,
  problems: Problems,
  pattern: Check,
): LinkPattern {
  const { name, attributes = {}, status, type } = raw;
  if (name !== undefined) {
    pattern(name, namePath);
    if (!name.startsWith("/") && !SPAN_WORDS.includes(name)) problems.add(namePath, unknownWord("span", name, SPAN_WORDS));
  }
  const known = attributesOf(name);
  const read = Object.entries(attributes).map(([key, value]) => {
    const full = fullName(key, known);
    if (full === null) {
      problems.add([...path, "attributes", key], unknownAttribute(key, name), "key");
    }
    pattern(value, [...path, "attributes", key]);
    return [full ?? key, value] as const;
  });
  return {
    ...(name === undefined ? {} : { name }),
    attributes: Object.fromEntries(read),
    ...(status === undefined ? {} : { status }),
    ...(type === undefined ? {} : { type }),
  };
}

/** All attributes are too many to list: where the name is no single span's, only the nearest one is named. */
function unknownAttribute(key: string, name: string | undefined): string {
  const known = [...attributesOf(name)].map(shortName).sort();
  if (name !== undefined && SPAN_WORDS.includes(name)) return unknownWord(`attribute of ${name}`, key, known);
  const near = nearest(shortName(key), known);
  return `unknown span attribute "${key}"${near === null ? ": no span has it" : `; did you mean "${near}"?`}`;
}

function buildMetric(raw: RawMetric, path: Path, problems: Problems, pattern: Check): MetricExpectation {
  const { name, attributes = {}, value, sum } = raw;
  const full = fullName(name, METRIC_WORDS);
  const spec = full === null ? null : metricOf(full);
  if (spec === null) problems.add([...path, "name"], unknownWord("metric", name, METRIC_WORDS.map(shortName)));
  for (const [key, wanted] of Object.entries(attributes)) {
    pattern(wanted, [...path, "attributes", key]);
    if (spec !== null) checkLabel(spec, key, wanted, [...path, "attributes", key], problems);
  }
  for (const key of ["value", "sum"] as const) if (raw[key] !== undefined) pattern(raw[key], [...path, key]);
  if (sum !== undefined && spec !== null && spec.kind !== "histogram")
    problems.add([...path, "sum"], `only histograms have a sum; ${shortName(spec.name)} is a ${spec.kind}: write value`, "key");
  return {
    name: full ?? name,
    attributes,
    ...(value === undefined ? {} : { value }),
    ...(sum === undefined ? {} : { sum }),
  };
}

/** An unknown label; or a slip in a value, where values are known (there may be others: they come into being when they are first counted). */
function checkLabel({ name, labels, known = [] }: MetricSpec, label: string, value: unknown, path: Path, problems: Problems): void {
  if (!labels.includes(label)) {
    problems.add(path, unknownWord(`attribute of ${shortName(name)}`, label, labels), "key");
    return;
  }
  const values = known.flatMap((set) => (set[label] === undefined ? [] : [set[label]]));
  if (typeof value !== "string" || /^[/<>=!]/.test(value) || values.includes(value)) return;
  const near = nearest(value, values);
  if (near !== null) problems.add(path, `unknown ${label} ${show(value)}; did you mean "${near}"?`);
}
