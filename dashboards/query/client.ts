/** Labels of one series and its samples: time in seconds since the epoch, value. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [time: number, value: number])[];
}

export interface FiringAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: string;
}

/** Prometheus' HTTP interface, as far as it is needed here. Every call rejects with Prometheus' own words. */
export interface PrometheusClient {
  now(expr: string, time?: number): Promise<Series[]>;
  over(expr: string, range: { readonly start: number; readonly end: number; readonly step: number }): Promise<Series[]>;
  alerts(): Promise<FiringAlert[]>;
  ready(): Promise<boolean>;
}

interface RawSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** `address` such as `http://127.0.0.1:9090`. */
export function prometheusClient(address: string): PrometheusClient {
  const ask = async <T>(path: string, parameters: Readonly<Record<string, string | number>> = {}): Promise<T> => {
    const body = new URLSearchParams(Object.entries(parameters).map(([key, value]) => [key, String(value)] as [string, string]));
    const answer = await fetch(`${address}/api/v1/${path}`, path.startsWith("query") ? { method: "POST", body } : {});
    const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string };
    if (status !== "success") throw new Error(`${parameters["query"] ?? path}: ${error}`);
    return data;
  };
  return {
    now: async (expr, time) => {
      const { result } = await ask<{ result: RawSeries[] }>("query", { query: expr, ...(time === undefined ? {} : { time }) });
      return result.map(series);
    },
    over: async (expr, { start, end, step }) => {
      const { result } = await ask<{ result: RawSeries[] }>("query_range", { query: expr, start, end, step });
      return result.map(series);
    },
    alerts: async () => (await ask<{ alerts: FiringAlert[] }>("alerts")).alerts,
    ready: async () => {
      const answer = await fetch(`${address}/-/ready`).catch(() => null);
      return answer?.ok ?? false;
    },
  };
}

function series({ metric, value, values = value === undefined ? [] : [value] }: RawSeries): Series {
  return { metric, values: values.map(([time, text]) => [time, Number(text)] as const) };
}
