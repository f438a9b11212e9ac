import { AGENT, METRICS, type MetricKey, prometheusName } from "../../lib/telemetry/metrics.ts";

/** Labels that the registry gives to a metric. */
export type LabelOf<K extends MetricKey> = (typeof METRICS)[K]["labels"][number];

/** One value, one of several, or a regular expression (for variables of a dashboard). */
export type Match = string | readonly string[] | { readonly regex: string };

type Matchers<K extends MetricKey> = Readonly<Partial<Record<LabelOf<K>, Match>>>;

/** Parts of a histogram as Prometheus stores it. */
export type Part = "bucket" | "sum" | "count";

/** A label of the registry as Prometheus spells it. */
export function promLabel(label: string): string {
  return label.replaceAll(".", "_");
}

/** The label that names a peer, as Prometheus spells it. */
export const PEER = promLabel(AGENT);

/** The name of a metric in Prometheus: the registry's, so that no name is typed a second time anywhere below `dashboards/`. */
export function metricName(key: MetricKey, part?: Part): string {
  const name = prometheusName(METRICS[key]);
  return part === undefined ? name : `${name}_${part}`;
}

/** Writes selectors of registered metrics that all carry the same matchers; labels that the registry does not know do not compile. */
export type Select = <K extends MetricKey>(key: K, matchers?: Matchers<K>, part?: Part) => string;

export function selecting(scope: readonly string[]): Select {
  return (key, matchers, part) => {
    const own = Object.entries(matchers ?? {}).map(([label, match]) => matcher(promLabel(label), match as Match));
    const all = [...scope, ...own].join(", ");
    return all === "" ? metricName(key, part) : `${metricName(key, part)}{${all}}`;
  };
}

function matcher(label: string, match: Match): string {
  if (typeof match === "string") return `${label}="${match}"`;
  if ("regex" in match) return `${label}=~"${match.regex}"`;
  return `${label}=~"${match.join("|")}"`;
}

export const rate = (series: string, window = "$__rate_interval"): string => `rate(${series}[${window}])`;
export const increase = (series: string, window = "$__range"): string => `increase(${series}[${window}])`;
export const sum = (series: string): string => `sum(${series})`;
export const max = (series: string): string => `max(${series})`;
export const sumBy = (labels: string | readonly string[], series: string): string => `sum by (${[labels].flat().join(", ")}) (${series})`;
export const maxBy = (labels: string | readonly string[], series: string): string => `max by (${[labels].flat().join(", ")}) (${series})`;

/** `by` names what is told apart; `le` is added. */
export function quantile(q: number, by: readonly string[], buckets: string): string {
  return `histogram_quantile(${q}, ${sumBy(["le", ...by], buckets)})`;
}
