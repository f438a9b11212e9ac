import type { Telemetry } from "../ports/telemetry.ts";

/** Tells several in order; the first that traces gives the context. What one of them throws is reported and hurts neither the others nor the caller. */
export function tee(parts: readonly Telemetry[], onDefect: (error: unknown) => void): Telemetry {
  const all = <T>(ask: (part: Telemetry) => T | undefined): T[] =>
    parts.flatMap((part) => {
      try {
        const answer = ask(part);
        return answer === undefined ? [] : [answer];
      } catch (error) {
        onDefect(error);
        return [];
      }
    });
  const firstContext = <T extends { readonly context: string | null }>(opened: readonly T[]) =>
    opened.find(({ context }) => context !== null)?.context ?? null;
  const endAll = <A extends unknown[]>(opened: readonly { end(...args: A): void }[], ...args: A): void => {
    for (const one of opened) {
      try {
        one.end(...args);
      } catch (error) {
        onDefect(error);
      }
    }
  };
  return {
    trace: (decision) => all((part) => part.trace(decision)).find((context) => context !== null) ?? null,
    decision: (decision, context) => void all((part) => part.decision(decision, context)),
    occurrence: (occurrence) => all((part) => part.occurrence(occurrence)).find((context) => context !== null) ?? null,
    pass: (startedAt) => {
      const opened = all((part) => part.pass(startedAt));
      return { context: firstContext(opened), end: (at, ms) => endAll(opened, at, ms) };
    },
    accept: (accepting) => {
      const opened = all((part) => part.accept(accepting));
      return { context: firstContext(opened), end: (accepted) => endAll(opened, accepted) };
    },
    notice: (notice) => void all((part) => part.notice(notice)),
  };
}
