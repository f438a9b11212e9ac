import { formatDuration } from "../language/duration.ts";
import { DEFAULT_BEHAVIOR } from "../language/scenario.ts";
import { LATENCY } from "./latency.ts";
import type { Life } from "./lives.ts";
import { field, type LogLine, numberIn } from "./log-line.ts";
import { behaves, elapsed, type ImportState } from "./state.ts";

export function onLaunch(state: ImportState, life: Life, line: LogLine): void {
  const outcome = field(line, "outcome");
  const ms = Math.max(0, Math.min(numberIn(line, "ms") ?? 0, elapsed(state, line)));
  if (outcome === "blocked") {
    behaves(state, life, { onBoot: "dialog", boot: formatDuration(Math.max(0, ms - LATENCY.readyWithout)) });
    life.wake = null;
  }
  if (outcome === "failed" && ms === 0 && life.phase === "booting") {
    life.phase = "ended";
    state.draft.tell("a launch could not be started at all: the log does not say what to break");
  }
  if (outcome !== "ready") return;
  const handing = field(life.wake ?? line, "id") !== null ? LATENCY.readyWith : LATENCY.readyWithout;
  const until = elapsed(state, line) - handing;
  const from = wokenAt(state, life, line, ms);
  const boot = until - from;
  if (boot < 0) state.draft.tell("a boot was quicker than the simulated adapters");
  const booted = (): Record<string, string> => ({ boot: formatDuration(Math.max(0, state.draft.hands.awake(from, until))) });
  behaves(state, life, booted, boot === DEFAULT_BEHAVIOR.boot);
  if (life.wake !== null && field(life.wake, "mode") === "fresh") life.spoke = false;
  life.phase = "live";
  life.owed = false;
  life.known = true;
  life.readyAt = line;
  life.turnFrom = line;
  life.asks = { now: false };
  life.activeMs = elapsed(state, line);
}

/** When a simulated daemon wakes it: at once, where the real one took a moment. */
function wokenAt(state: ImportState, life: Life, line: LogLine, bootMs: number): number {
  const { wake, actsFrom } = life;
  life.actsFrom = null;
  if (wake === null) return elapsed(state, line) - bootMs;
  const woken = elapsed(state, wake);
  const sooner = actsFrom === null ? 0 : woken - elapsed(state, actsFrom);
  return sooner > 0 && sooner < SOONER_MS ? woken - sooner : woken;
}

/** What took longer than this waited for something. */
const SOONER_MS = 500;

export function onRejected(state: ImportState, life: Life, line: LogLine): void {
  const from = life.wake === null ? null : wokenAt(state, life, life.wake, 0);
  const ms = from === null ? DEFAULT_BEHAVIOR.rejectsAfter : Math.max(0, elapsed(state, line) - LATENCY.bootDeath - from);
  behaves(state, life, { onResume: "reject", ...(ms !== DEFAULT_BEHAVIOR.rejectsAfter && { rejectsAfter: formatDuration(ms) }) });
}

/** Its first message was recorded just before somebody asked for its end, and its proof came too late. */
export function landsInEndedBoot(state: ImportState, life: Life): void {
  if (life.endAsked === null || life.wake === null) return;
  life.saidInBoot = true;
  const recorded = elapsed(state, life.endAsked) - LATENCY.proof / 2;
  const composer = recorded - (LATENCY.handing - LATENCY.proof) - LATENCY.readyWithout;
  behaves(state, life, { boot: formatDuration(Math.max(0, composer - elapsed(state, life.wokenBy ?? life.wake))) });
}

export function diesWhileTyping(state: ImportState, life: Life, diesMs: number, typing: () => boolean): void {
  const by = life.wokenBy ?? life.wake;
  const boot = Math.max(0, diesMs - (by === null ? diesMs : elapsed(state, by)) - LATENCY.readyWithout - 20);
  behaves(state, life, () => (typing() ? { onBoot: "ok", boot: formatDuration(boot) } : { onBoot: "hang" }));
}
