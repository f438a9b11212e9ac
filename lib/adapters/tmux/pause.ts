import { setTimeout as wait } from "node:timers/promises";

/** Real milliseconds: terminals and processes do not wait in virtual time. */
export function pause(ms: number): Promise<void> {
  return wait(ms);
}

/** Looks every `everyMs` until `done`, for at most `ms`; says whether it came to be. */
export async function waitUntil(done: () => boolean, ms: number, everyMs = 20): Promise<boolean> {
  const until = performance.now() + ms;
  while (!done()) {
    if (performance.now() >= until) return false;
    await pause(everyMs);
  }
  return true;
}
