import { DECIDING_SETTINGS, DEFAULT_SETTINGS } from "../../lib/model/settings.ts";
import { parseIsoTime } from "../../lib/model/time.ts";
import { formatDuration, parseDuration } from "../language/duration.ts";
import { type DraftEntry, RANK } from "./draft.ts";
import type { Orphan } from "./lives.ts";
import { field, type LogLine, type Moment, numberIn, wholeIn } from "./log-line.ts";
import { DIES_AFTER_MS, elapsed, type ImportState, livedUntil, paused } from "./state.ts";

/** From `host: reboot` to the start of the daemon. */
const REBOOT_MS = 30_000;
/** What a simulated daemon does just before it dies may take so much longer there. */
const BEHIND_MS = 40;
/** No machine sleeps for longer, and no clock is wrong by more. */
const LONGEST_SECS = 315_360_000;
/** A suspend ends so long before the line after it. */
const AFTER_SUSPEND_MS = 100;

type Config = ImportState["config"];

/** `daemon` lines: starts with their settings, stops, and deaths, which have no line of their own. */
export function onDaemon(state: ImportState, line: LogLine): void {
  if (field(line, "action") === "stop") {
    state.draft.add(line, 0, "daemon", "stop");
    state.up = false;
    state.down = line;
  }
  if (field(line, "action") !== "start") return;
  const config = configIn(line);
  if (state.last === null) {
    state.firstConfig = config;
    state.fresh = field(line, "after") === "none" || (field(line, "after") === null && field(line, "epoch") === "1");
  } else startAgain(state, line, state.last, config);
  state.config = config;
  state.idleMs = typeof config["idle"] === "string" ? (parseDuration(config["idle"]) ?? DEFAULT_SETTINGS.idleMs) : DEFAULT_SETTINGS.idleMs;
  state.up = true;
  state.start = line;
}

function startAgain(state: ImportState, line: LogLine, last: LogLine, config: Config): void {
  const { draft } = state;
  const lastSeen = seenAlive(state, line, last);
  const reboots = field(line, "after") === "reboot";
  const rebootAt = elapsed(state, line) - REBOOT_MS;
  const byReboot = reboots && rebootAt > elapsed(state, lastSeen);
  const point = { before: null };
  const ended = byReboot ? draft.add(line, -REBOOT_MS, "host", "reboot", RANK.world) : dies(state, line, lastSeen, reboots, point);
  leaveOrphans(state, { down: ended ?? { ...(state.down ?? last) }, start: line, point, stopped: ended === null, byReboot: reboots });
  const changed = changesOf(state.config, config);
  if (Object.keys(changed).length > 0) draft.add(line, byReboot ? -1 : 0, "config", changed);
  if (!byReboot) draft.add(line, 0, "daemon", "start");
}

/** It dies shortly after its last word; null where it had been stopped before. */
function dies(
  state: ImportState,
  line: LogLine,
  lastSeen: Moment,
  powerLoss: boolean,
  point: Orphan["point"],
): DraftEntry["moment"] | null {
  if (!powerLoss && !state.up) return null;
  const seen = elapsed(state, lastSeen);
  const after = Math.min(Math.max(DIES_AFTER_MS, state.behindMs + BEHIND_MS - seen), elapsed(state, line) - seen);
  const how = powerLoss ? "powerLoss" : "crash";
  const value = (): unknown => (point.before === null ? how : { [how]: { before: point.before } });
  return state.draft.add({ ...lastSeen, wall: lastSeen.wall + after }, 0, "daemon", value, RANK.world);
}

/** Who was up is found by the next daemon, alive or not. */
function leaveOrphans(state: ImportState, orphan: Orphan): void {
  for (const life of state.lives.values()) {
    life.retryFrom = null;
    life.holdEnd = null;
    if ((life.phase === "ended" || life.phase === "none") && (life.waiting.size > 0 || life.owed)) {
      life.asked = orphan.start;
      life.actsFrom = orphan.start;
    }
    if (life.phase === "live" || life.phase === "booting") life.orphan = orphan;
  }
}

/** When the daemon before was last known to be alive: its last line, or its last word in the lease. */
function seenAlive(state: ImportState, line: LogLine, last: LogLine): Moment {
  const seen = parseIsoTime(field(line, "seen") ?? "");
  if (seen === null || seen <= last.wall || seen > line.wall) return last;
  const moment = { index: last.index, wall: seen };
  return elapsed(state, moment) <= elapsed(state, line) ? moment : last;
}

/** The settings that a start line names, as a scenario writes them. */
function configIn(line: LogLine): Config {
  const config: Record<string, string | number | boolean> = {};
  for (const [name, key] of Object.entries(DECIDING_SETTINGS)) {
    const text = field(line, name);
    const value = numberIn(line, name);
    if (key === "superviseLogVerbose") {
      if (text === "true" || text === "false") config[name] = text === "true";
    } else if (key === "crashLoopMax") {
      const max = wholeIn(line, name, 1, 16);
      if (max !== null) config[name] = max;
    } else if (value !== null && value >= (key === "idleMs" ? 0 : 0.001) && value <= LONGEST_SECS)
      config[name] = formatDuration(value * 1000);
  }
  return config;
}

/** What to write so that these settings come out of those; a default has to be said. */
function changesOf(before: Config, after: Config): Config {
  const changed: Record<string, string | number | boolean> = {};
  for (const [name, key] of Object.entries(DECIDING_SETTINGS)) {
    if (before[name] === after[name]) continue;
    const plain = DEFAULT_SETTINGS[key];
    changed[name] = after[name] ?? (typeof plain === "number" && key.endsWith("Ms") ? formatDuration(plain) : plain);
  }
  return changed;
}

/** `clock` lines come when the daemon looks; what they tell of happened before the first line that shows it. */
export function onClock(state: ImportState, line: LogLine): void {
  const kind = field(line, "kind");
  const ms = (wholeIn(line, "secs", -LONGEST_SECS, LONGEST_SECS) ?? 0) * 1000;
  if ((kind !== "suspend" && kind !== "step") || ms === 0) return;
  const { before, after } = state.draft.hands.gap(line, kind, ms);
  if (field(line, "of") === "process") onHeldUp(state, line, ms, { before, after });
  else onGap(state, kind, ms, { before, after });
  for (const life of state.lives.values()) life.activeMs = elapsed(state, line);
}

/** Its pass came late by so much: it was stopped some time after the pass before. */
function onHeldUp(state: ImportState, line: LogLine, ms: number, { before, after }: Gap): void {
  const supervise = state.config["supervise"];
  const passMs = typeof supervise === "string" ? (parseDuration(supervise) ?? DEFAULT_SETTINGS.superviseMs) : DEFAULT_SETTINGS.superviseMs;
  const earliest = elapsed(state, line) - ms - passMs;
  const from = Math.max(elapsed(state, before) + DIES_AFTER_MS, earliest);
  if (from >= elapsed(state, after)) return;
  const until = { index: before.index, wall: before.wall + from - elapsed(state, before) };
  for (const life of state.lives.values()) livedUntil(state, life, line, until);
  paused(state, until, after);
}

interface Gap {
  readonly before: Moment;
  readonly after: Moment;
}

function onGap(state: ImportState, kind: "suspend" | "step", ms: number, { before, after }: Gap): void {
  const [from, until] = [elapsed(state, before), elapsed(state, after)];
  if (kind === "suspend") {
    const at = Math.max(from, until - ms - AFTER_SUSPEND_MS);
    state.draft.hands.slept(at, ms);
    state.draft.add(after, at - until, "host", { suspend: formatDuration(ms) }, RANK.world);
  } else
    state.draft.add(
      after,
      Math.max(-1, from - until),
      "clock",
      { step: `${ms < 0 ? "-" : "+"}${formatDuration(Math.abs(ms))}` },
      RANK.world,
    );
}
