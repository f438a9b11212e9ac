import { SIGNALS, type Signal } from "../switches.ts";

/** What became of the exports of one signal since the daemon started. */
export interface SignalLosses {
  /** Exports that a receiver took. */
  readonly exports: number;
  readonly failures: number;
  /** Spans or log records that went with failed exports or found the queue full. Metrics lose nothing: the next export carries the sums. */
  readonly lost: number;
  readonly lastError: string | null;
}

export type Losses = Readonly<Record<Signal, SignalLosses>>;

/** Keeps count of what did not get through. */
export interface LossCounter {
  exported(signal: Signal): void;
  failed(signal: Signal, items: number, error: unknown): void;
  /** Never tried: the queue was full. */
  dropped(signal: Signal, items: number): void;
  read(): Losses;
  /** Was this error counted already, when the export failed that it comes from? Processors hand it on once more. */
  knows(error: unknown): boolean;
}

/** What processors say of a failed export in words of their own. */
const REPEATED = /^(PeriodicExportingMetricReader: metrics|BatchSpanProcessor: span|BatchLogRecordProcessor: log record) export failed/;

const NONE: SignalLosses = { exports: 0, failures: 0, lost: 0, lastError: null };

export function lossCounter(onFailure: (signal: Signal, error: string) => void): LossCounter {
  const counts = new Map<Signal, SignalLosses>(SIGNALS.map((signal) => [signal, NONE]));
  const known = new WeakSet<Error>();
  const change = (signal: Signal, add: (old: SignalLosses) => Partial<SignalLosses>): void => {
    const old = counts.get(signal) ?? NONE;
    counts.set(signal, { ...old, ...add(old) });
  };
  return {
    exported: (signal) => change(signal, ({ exports }) => ({ exports: exports + 1 })),
    failed: (signal, items, error) => {
      const gone = signal === "metrics" ? 0 : items;
      const lastError = errorText(error);
      if (error instanceof Error) known.add(error);
      change(signal, ({ failures, lost }) => ({ failures: failures + 1, lost: lost + gone, lastError }));
      onFailure(signal, lastError);
    },
    dropped: (signal, items) => change(signal, ({ lost }) => ({ lost: lost + items })),
    read: () => Object.fromEntries(counts) as Losses,
    knows: (error) => error instanceof Error && (known.has(error) || REPEATED.test(error.message)),
  };
}

/** An exporter of any signal, as far as its losses go. */
export interface CountedExporter {
  export(items: unknown, done: (result: { readonly code: number; readonly error?: Error | undefined }) => void): void;
}

/** `ExportResultCode.SUCCESS` */
const SUCCESS = 0;

/** Counts the outcome of every export of this exporter from now on. */
export function countExports(exporter: CountedExporter, signal: Signal, losses: LossCounter): void {
  const original = exporter.export.bind(exporter);
  exporter.export = (items, done) =>
    original(items, (result) => {
      if (result.code === SUCCESS) losses.exported(signal);
      else losses.failed(signal, Array.isArray(items) ? items.length : 1, result.error);
      done(result);
    });
}

/** Node reports a refused connection to a name with several addresses as an error without a message. */
export function errorText(error: unknown): string {
  if (error instanceof AggregateError && error.message === "" && error.errors.length > 0) return errorText(error.errors[0]);
  if (!(error instanceof Error)) return error === undefined ? "no reason given" : String(error);
  const code = "code" in error && error.code !== undefined && !error.message.includes(String(error.code)) ? ` (${String(error.code)})` : "";
  return `${error.message || error.name}${code}`;
}
