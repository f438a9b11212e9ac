import { type DraftEntry, RANK } from "./draft.ts";
import { LATENCY } from "./latency.ts";
import type { Life } from "./lives.ts";
import { field, type LogLine, wholeIn } from "./log-line.ts";
import { diesWhileTyping } from "./on-launch.ts";
import { behaves, elapsed, type ImportState } from "./state.ts";

export function onDeath(state: ImportState, life: Life, line: LogLine): void {
  addDeath(state, life, line, LATENCY.death, "crash", crashOf(state, life, line));
}

/** What no daemon was there to see happened before the next one started; anything else just before its line. */
export function addDeath(
  state: ImportState,
  { orphan }: Life,
  line: LogLine,
  noticedMs: number,
  verb: string,
  value: unknown,
): DraftEntry["moment"] {
  if (orphan === null || orphan.byReboot) return state.draft.add(line, -noticedMs, verb, value, RANK.world);
  const apart = elapsed(state, orphan.start) - elapsed(state, orphan.down);
  return state.draft.add(orphan.start, -Math.min(BEFORE_START_MS, apart / 2), verb, value, RANK.world);
}

const BEFORE_START_MS = 10;

export function crashOf(state: ImportState, life: Life, line: LogLine): Readonly<Record<string, unknown>> {
  const [code, signal] = statusOf(line);
  if (code === null && signal === null) state.draft.tell("nobody saw how a session died: written as a crash");
  return { peer: life.personality, ...(signal !== null ? { signal } : code !== null && { code }) };
}

export function statusOf(line: LogLine): readonly [code: number | null, signal: string | null] {
  const signal = field(line, "signal");
  return [wholeIn(line, "code", 0, 255), signal !== null && /^SIG[A-Z0-9]{2,10}$/.test(signal) ? signal : null];
}

/** Exit codes from here on say that a signal ended it, or that it obeyed one. */
export const KILLED_FROM = 128;

/** It died in its boot, or the daemon gave up on it. */
export function onBootFailed(state: ImportState, life: Life, line: LogLine): void {
  behaves(state, life, { onBoot: "hang" });
  if (/^not ready within/.test(field(line, "why") ?? "")) return;
  addDeath(state, life, line, LATENCY.bootDeath, "crash", crashOf(state, life, line));
}

export function onLostServer(state: ImportState, life: Life, line: LogLine): void {
  if (life.serverGone) {
    life.serverGone = false;
    return;
  }
  const booting = life.phase === "booting";
  const noticed = booting ? LATENCY.bootDeath : LATENCY.death;
  const moment = addDeath(state, life, line, noticed, "host", { sessionServerCrash: life.personality });
  if (!booting) return;
  const told = { moment, heard: false };
  life.lostInBoot = told;
  diesWhileTyping(state, life, elapsed(state, line) - LATENCY.death, () => told.heard);
}

/** The end of its process was heard before its screen told, so it died while its first message was typed: only then is there such a line. */
export function heardOfLostServer(life: Life): void {
  if (life.lostInBoot === null || life.wake === null || life.wake.record["id"] === undefined) return;
  life.lostInBoot.heard = true;
  life.lostInBoot.moment.wall -= LATENCY.death - LATENCY.bootDeath;
  life.lostInBoot = null;
}

/** One line for all: the terminal server that they shared. */
export function onLostServers(state: ImportState, identities: readonly string[], line: LogLine): void {
  const up = [...state.lives.values()].filter(({ phase }) => phase === "live" || phase === "booting");
  const gone = up.filter(({ identity }) => identities.includes(identity));
  for (const life of gone) life.serverGone = true;
  const whose = gone.length < up.length ? { sessionServerCrash: gone.map(({ personality }) => personality) } : "sessionServerCrash";
  state.draft.add(line, -LATENCY.death, "host", whose, RANK.world);
}
