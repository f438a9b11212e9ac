/** A month of a fleet as one scenario: working days with messages, one bad day, a peer that is held, a reboot, holidays of single peers. */
import { randomStream } from "./random-stream.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ROLES = ["scout", "scribe", "tester", "reviewer", "builder", "planner", "triage", "archivist"];

export interface MonthRequest {
  readonly peers: number;
  readonly days: number;
  readonly seed: number;
}

interface Entry {
  readonly atMs: number;
  readonly action: string;
}

/** First day of the month; a Thursday. */
export const MONTH_START = "2026-10-01T00:00:00Z";
const BAD_DAY = 12;
const REBOOT_DAY = 7;
const LOOP_DAYS = [5, 19, 26];

/** The text of the scenario. The same request gives the same text. */
export function monthScenario({ peers, days, seed }: MonthRequest): string {
  const random = randomStream(seed);
  const names = Array.from(
    { length: peers },
    (_, index) => `${ROLES[index % ROLES.length]}${String(Math.floor(index / ROLES.length) + 1).padStart(2, "0")}`,
  );
  const lives = names.flatMap((name, index) => lifeOf(name, index, days, random));
  const entries = [...lives, ...loops(names), ...MACHINE]
    .filter(({ atMs }) => atMs < days * DAY)
    .toSorted((one, other) => one.atMs - other.atMs);
  return [
    `scenario: A month of ${peers} peers`,
    `start: ${MONTH_START}`,
    `until: ${days * DAY}ms`,
    `seed: ${seed}`,
    "peers:",
    ...names.map((name, index) => `  ${name}: ${peerText(index, random)}`),
    "timeline:",
    // Whole seconds and little space: a scenario may have a mebibyte.
    ...entries.map(({ atMs, action }) => `- {at: ${Math.floor(atMs / 1000)}s,${action}}`),
    "",
  ].join("\n");
}

type Random = () => number;

function peerText(index: number, random: Random): string {
  const behavior = `behavior: { boot: ${Math.round(1500 + 9000 * random() ** 2)}ms, turn: ${Math.round(20 + 400 * random() ** 2)}s }`;
  return index % 6 === 5 ? `{ human: true, ${behavior} }` : `{ ${behavior} }`;
}

/** Busy peers get seven messages on a working day, quiet ones one; little at night and at weekends. */
function lifeOf(name: string, index: number, days: number, random: Random): Entry[] {
  const busy = 1 + 6 * random() ** 2;
  const entries: Entry[] = [];
  for (let day = 0; day < days; day += 1) {
    const weekend = day % 7 === 2 || day % 7 === 3;
    const count = Math.round(busy * (weekend ? 0.15 : 1) * (0.5 + random()));
    for (let nth = 0; nth < count; nth += 1) entries.push(...message(name, index, day, random));
  }
  if (index % 23 === 7) entries.push(...holiday(name, 6 + (index % 15)));
  return entries;
}

function message(name: string, index: number, day: number, random: Random): Entry[] {
  const hour = random() < 0.9 ? 8 + 10 * (random() + random()) * 0.5 : 24 * random();
  const atMs = day * DAY + hour * HOUR;
  const send = { atMs, action: `send: {to: ${name}${topic(random)}}` };
  const trouble = troubleOf(index, day, hour, random);
  return trouble === null ? [send] : [{ atMs, action: `next: {peer: ${name}, ${trouble}}` }, send];
}

/** Most messages have no topic and go on with what their peer knows. */
function topic(random: Random): string {
  const draw = random();
  if (draw < 0.72) return "";
  return draw < 0.9 ? ", topic: review" : `, topic: task-${Math.floor(random() * 40)}`;
}

/** A few sessions die on any day; on the bad one an update of the agent breaks half of what is started between ten and three. */
function troubleOf(index: number, day: number, hour: number, random: Random): string | null {
  if (day === BAD_DAY && hour > 10 && hour < 15 && random() < 0.5) return random() < 0.4 ? "onBoot: fail" : "diesAfter: 90s, exitCode: 1";
  const draw = random();
  if (draw < 0.03 + (index % 40 === 11 ? 0.25 : 0)) return `diesAfter: ${Math.round(1 + 30 * random())}m, exitCode: 1`;
  if (draw > 0.992) return "onBoot: fail";
  return draw > 0.985 ? "onResume: reject" : null;
}

/** Stopped for four days; who writes meanwhile is refused. */
function holiday(name: string, day: number): Entry[] {
  return [
    { atMs: day * DAY + 7 * HOUR, action: `stop: ${name}` },
    { atMs: (day + 4) * DAY + 7 * HOUR, action: `start: ${name}` },
  ];
}

/** Three deaths within minutes: the guard holds the peer. */
function loops(names: readonly string[]): Entry[] {
  return LOOP_DAYS.flatMap((day, nth) => {
    const name = names[(nth * 37 + 3) % names.length] ?? "";
    const start = day * DAY + 11 * HOUR;
    return [0, 1, 2, 3, 4, 5].flatMap((attempt) => [
      { atMs: start + attempt * MINUTE, action: `next: { peer: ${name}, diesAfter: 10s, exitCode: 1 }` },
      { atMs: start + attempt * MINUTE, action: `send: { to: ${name} }` },
    ]);
  });
}

const MACHINE: readonly Entry[] = [
  { atMs: REBOOT_DAY * DAY + 3 * HOUR, action: "host: reboot" },
  { atMs: 20 * DAY + 6 * HOUR, action: "daemon: restart" },
];
