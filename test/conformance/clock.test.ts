import { nodeClock } from "../../lib/adapters/clock.ts";
import { virtualClock } from "../../sim/world/clock.ts";
import { clockConformance } from "./clock.ts";

clockConformance("the real one", () => {
  const clock = nodeClock();
  return { clock, pass: (ms) => new Promise((resolve) => clock.after(ms, resolve)) };
});

const driven = (view: "world" | "daemon") => () => {
  const clock = virtualClock({ startMs: Date.UTC(2026, 0, 1) });
  const pass = async (ms: number): Promise<void> => {
    const until = clock.elapsedMs() + ms;
    for (let due = clock.nextAt(); due !== null && due <= until; due = clock.nextAt()) {
      clock.next();
      await Promise.resolve();
    }
    clock.advanceTo(until);
  };
  return { clock: view === "world" ? clock : clock.forOwner(view), pass };
};
clockConformance("the simulated one", driven("world"));
clockConformance("a daemon's view of the simulated one", driven("daemon"));
