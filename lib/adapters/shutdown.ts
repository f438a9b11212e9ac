import { reasonOf } from "../model/errors.ts";

export interface ShutdownOptions {
  /** Called once, at the first signal; the program exits when it is done, or after `withinMs`. */
  readonly stop: (signal: NodeJS.Signals) => Promise<void>;
  readonly withinMs: number;
  /** Hears of an error that nobody caught, before the program exits with 1. */
  readonly onCrash: (reason: string) => void;
}

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** Ends the program in order on a signal, at once on a second one, and with 1 on an error that nobody caught. */
export function installShutdown(options: ShutdownOptions): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), options.withinMs).unref();
    options.stop(signal).then(
      () => process.exit(0),
      (error: unknown) => crash(options, error),
    );
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on("uncaughtException", (error) => crash(options, error));
  process.on("unhandledRejection", (error) => crash(options, error));
}

function crash(options: ShutdownOptions, error: unknown): void {
  options.onCrash(error instanceof Error && error.stack ? error.stack : reasonOf(error));
  process.exit(1);
}
