import { stringify } from "yaml";
import type { PeerStatus } from "../../lib/lifecycle/api.ts";
import { decisionLine } from "../../lib/log/index.ts";
import type { Decision } from "../../lib/model/decision.ts";
import { isoTime } from "../../lib/model/time.ts";
import { runScenario } from "../../sim/runner/index.ts";
import type { World } from "../../sim/world/api.ts";
import { createWorld } from "../../sim/world/world.ts";
import { story } from "./stories.ts";

/** A day in the life of a fleet, made by the simulator and moved so that it ends now. */
export interface DemoFleet {
  /** lifecycle.log, one line per decision. */
  readonly log: string;
  readonly peers: readonly PeerStatus[];
}

const DAY_MINUTES = 24 * 60;

const PEERS = {
  alice: { human: true, behavior: { boot: "4s", turn: "25s" } },
  concierge: { human: true, behavior: { boot: "3s", turn: "15s" } },
  scout: { behavior: { boot: "3s", turn: "50s" } },
  reviewer: { behavior: { boot: "5s", turn: "3m" } },
  tester: { runtime: "codex", behavior: { boot: "6s", turn: "4m" } },
  builder: { runtime: "codex", behavior: { boot: "7s", turn: "2m" } },
  docs: { behavior: { boot: "3s", turn: "70s" } },
  triage: { behavior: { boot: "3s", turn: "20s" } },
  release: { behavior: { boot: "9s", turn: "5m" } },
  deploy: { behavior: { boot: "5s", turn: "90s" } },
  librarian: { behavior: { boot: "4s", turn: "40s" } },
  migrations: { behavior: { boot: "8s", turn: "3m" } },
  perf: { runtime: "codex", behavior: { boot: "12s", turn: "6m" } },
  security: { behavior: { boot: "5s", turn: "2m" } },
};
const TOPICS = ["nightly", "audit", "flaky-tests", "release-1.4", "docs", "inbox", "upgrade", "incident-12"];

type Entry = Readonly<Record<string, unknown>> & { readonly minute: number };

/** The same day every time. */
function dayOfWork(): Entry[] {
  let state = 7;
  const draw = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const entries: Entry[] = [];
  for (const [index, peer] of Object.keys(PEERS).entries()) {
    const pace = 25 + ((index * 37) % 120);
    for (let minute = draw(pace); minute < DAY_MINUTES - 20; minute += 5 + draw(pace * 2)) {
      const topic = TOPICS[(index + (draw(4) === 0 ? draw(TOPICS.length) : 0)) % TOPICS.length];
      entries.push(
        { minute, next: { peer, boot: `${2 + draw(9)}s${draw(10) * 100}ms` } },
        { minute, send: { to: peer, text: "x", topic } },
      );
    }
  }
  for (const [minute, peer] of [
    [190, "builder"],
    [420, "perf"],
    [421, "tester"],
    [700, "docs"],
    [980, "builder"],
  ] as const)
    entries.push({ minute, send: { to: peer, text: "x", topic: "nightly" } }, { minute: minute + 1, crash: { peer, signal: "SIGSEGV" } });
  entries.push({ minute: 610, daemon: "restart" }, { minute: 640, refresh: "docs" }, { minute: 860, new: "scout" });
  entries.push({ minute: 1100, selfFresh: "librarian" }, { minute: 1290, stop: "deploy" });
  for (const minute of [1292, 1301, 1340]) entries.push({ minute, send: { to: "deploy", text: "x", topic: "upgrade" } });
  return entries;
}

/** How it ends: a crash loop with messages that wait, a dialog that needs a person, some that work. */
function evening(): Entry[] {
  const crashes = [1436, 1437, 1438].flatMap((minute) => [
    { minute, send: { to: "migrations", text: "x", topic: "upgrade" } },
    { minute: minute + 0.5, crash: { peer: "migrations", code: 139 } },
  ]);
  return [
    ...crashes,
    { minute: 1425, stop: "security" },
    { minute: 1426, start: "security" },
    { minute: 1427, next: { peer: "security", onBoot: "dialog" } },
    { minute: 1428, send: { to: "security", text: "x", topic: "audit" } },
    ...[1438.8, 1439.2, 1439.5].map((minute) => ({ minute, send: { to: "migrations", text: "x", topic: "upgrade" } })),
    ...["reviewer", "tester", "release", "alice"].map((to, index) => ({
      minute: 1434 + index,
      send: { to, text: "x", topic: "incident-12" },
    })),
  ];
}

export async function demoFleet(endsAt: number): Promise<DemoFleet> {
  const entries = [...dayOfWork(), ...evening()].sort((a, b) => a.minute - b.minute);
  const timeline = entries.map(({ minute, ...entry }) => ({ at: `${Math.round(minute * 60)}s`, ...entry }));
  const scenario = { scenario: "A day of a fleet", until: `${DAY_MINUTES}m`, peers: PEERS, timeline };
  let found: { peers: PeerStatus[]; decisions: World["truth"]["decisions"]; now: number } | null = null;
  const result = await runScenario(story(stringify(scenario)), {
    createWorld: (file, options) => {
      const world = createWorld(file, { ...options, fullTrace: false });
      const close = async (): Promise<void> => {
        found = {
          peers: (await world.daemon()?.peers()) ?? [],
          decisions: [...world.truth.decisions],
          now: Date.parse("2026-01-01T00:00:00Z") + world.now(),
        };
        await world.close();
      };
      return new Proxy(world, { get: (target, key) => (key === "close" ? close : Reflect.get(target, key)) });
    },
  });
  if (found === null || result.failures.length > 0) throw new Error(`the day went wrong: ${JSON.stringify(result.failures)}`);
  return moved(found, endsAt);
}

function moved(found: { peers: PeerStatus[]; decisions: readonly Decision[]; now: number }, endsAt: number): DemoFleet {
  const by = endsAt - found.now;
  const move = (decision: Decision): string => {
    const fields = Object.entries(decision.fields).map(([key, value]) => [key, typeof value === "string" ? movedTimes(value, by) : value]);
    return decisionLine({ at: decision.at + by, ev: decision.ev, fields: Object.fromEntries(fields) });
  };
  const peers = found.peers.map((peer) => ({
    ...peer,
    inbox: peer.inbox.map((message) => ({ ...message, acceptedAt: message.acceptedAt + by })),
  }));
  return { log: found.decisions.map((decision) => `${move(decision)}\n`).join(""), peers };
}

function movedTimes(text: string, by: number): string {
  return text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) => isoTime(Date.parse(time) + by));
}
