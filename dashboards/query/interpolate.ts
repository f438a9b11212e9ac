/** What a person chose in the dashboard's head, and what Grafana works out from the zoom. Durations in seconds. */
export interface Choices {
  /** Regular expressions, as Grafana makes them of one or several values. */
  readonly job: string;
  readonly peer: string;
  readonly range: number;
  /** Distance of points. */
  readonly step: number;
  /** Of the data source. */
  readonly scrapeInterval: number;
}

/** Puts values in place of a query's variables, as Grafana does before it asks Prometheus. Throws on a variable that it does not know. */
export function interpolate(expr: string, choices: Choices): string {
  const { job, peer, range, step, scrapeInterval } = choices;
  const values: Readonly<Record<string, string>> = {
    job,
    peer,
    __range: `${Math.ceil(range)}s`,
    __interval: `${Math.ceil(step)}s`,
    __rate_interval: `${Math.ceil(Math.max(step + scrapeInterval, 4 * scrapeInterval))}s`,
  };
  return expr.replaceAll(/\$\{?(\w+)(?::\w+)?\}?/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${whole} in ${expr} is no variable of the dashboards`);
    return value;
  });
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `5m` → 300. */
export function secondsOf(duration: string): number {
  const [, amount = "", unit = ""] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  const factor = SECONDS[unit];
  if (factor === undefined) throw new Error(`"${duration}" is no duration such as 30s, 5m or 1d`);
  return Number(amount) * factor;
}

/** Steps that Grafana rounds to, in seconds. */
const STEPS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

/** Distance of points for a panel of this many points over a range, rounded as Grafana does; a panel's own smallest step counts. */
export function stepFor(range: number, points: number, smallest: string | undefined): number {
  const exact = range / points;
  const above = STEPS.findIndex((step) => step >= exact);
  const [lower, upper] = [STEPS[above - 1] ?? 1, STEPS[above] ?? 86_400];
  const rounded = exact < (lower + upper) / 2 ? lower : upper;
  return Math.max(rounded, smallest === undefined ? 1 : secondsOf(smallest));
}
