import { METRICS, type MetricSpec, prometheusName } from "../../lib/telemetry/metrics.ts";
import { promLabel } from "../src/promql.ts";

const SPECS: readonly MetricSpec[] = Object.values(METRICS);

/** Every name under which Prometheus may know a registered metric, with the metric. */
const SERIES: ReadonlyMap<string, MetricSpec> = new Map(
  SPECS.flatMap((spec) => {
    const name = prometheusName(spec);
    const names = spec.kind === "histogram" ? ["bucket", "sum", "count"].map((part) => `${name}_${part}`) : [name];
    return names.map((one) => [one, spec] as const);
  }),
);

/** Names of series in an expression that look like ours: `iapeer_…`, and recording rules such as `job:iapeer_…:ratio`. */
export function seriesOf(expr: string): string[] {
  const withoutStrings = expr.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
  return [...new Set(withoutStrings.match(/\b[a-zA-Z_:][a-zA-Z0-9_:]*\b/g) ?? [])].filter((name) => name.includes("iapeer_"));
}

export function specOf(series: string): MetricSpec | undefined {
  return SERIES.get(series);
}

/** Registered metrics that none of these expressions uses. */
export function unusedMetrics(expressions: readonly string[]): string[] {
  const used = new Set(expressions.flatMap(seriesOf).map((series) => specOf(series)?.name));
  return SPECS.map(({ name }) => name).filter((name) => !used.has(name));
}

/** Series that neither the registry nor these recording rules know. */
export function unknownSeries(expr: string, recorded: ReadonlySet<string> = new Set()): string[] {
  return seriesOf(expr).filter((series) => specOf(series) === undefined && !recorded.has(series));
}

/** Selectors of registered metrics: each with its matchers, and with the function around it, if any. */
export function selectorsOf(
  expr: string,
): { readonly series: string; readonly matchers: string; readonly inside: string | null; readonly range: string | null }[] {
  const pattern = /(?:(\w+)\s*\(\s*)?\b((?:\w+:)*iapeer_[\w:]*)(?:\{([^}]*)\})?(?:\[([^\]]*)\])?/g;
  return [...expr.matchAll(pattern)].map(([, inside = null, series = "", matchers = "", range = null]) => ({
    series,
    matchers,
    inside,
    range,
  }));
}

/** Matchers of labels that the metric does not have, or of values that a counter never has. */
export function wrongMatchers(expr: string): string[] {
  return selectorsOf(expr).flatMap(({ series, matchers }) => {
    const spec = specOf(series);
    if (spec === undefined) return [];
    return [...matchers.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)].flatMap(([, label = "", operator, value = ""]) => {
      if (label === "job" || label === "instance") return [];
      if (!spec.labels.some((known) => promLabel(known) === label)) return [`${series} has no label ${label}`];
      const known = (spec.known ?? []).map((labels) => labels[label]);
      const possible = operator !== "=" || known.length === 0 || known.includes(value);
      return possible ? [] : [`${series} never has ${label}="${value}"`];
    });
  });
}
