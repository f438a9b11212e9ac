import type { Decision, FieldValue } from "../../lib/model/decision.ts";
import { DEFAULT_SETTINGS } from "../../lib/model/settings.ts";
import type { Invariant } from "../../sim/invariants/api.ts";
import type { TraceEntry, TrueMessage, TrueProcess, Truth, World } from "../../sim/world/api.ts";

/** A world that is only what a test writes into it. */
export interface FakeWorld {
  readonly world: World;
  now: number;
  readonly files: Map<string, string>;
  readonly truth: { readonly [K in "decisions" | "processes" | "messages" | "kills" | "daemonLife"]: Truth[K][number][] };
  readonly openSpans: string[];
  readonly managed: Map<string, { by: "launchd" | "systemd"; since: number }>;
  decide(ev: Decision["ev"], fields: Readonly<Record<string, FieldValue>>): void;
  trace(kind: TraceEntry["kind"], lane: string, data: Readonly<Record<string, unknown>>): void;
  process(instance: string, over?: Partial<TrueProcess>): void;
  message(name: string, over?: Partial<TrueMessage>): void;
  /** What the invariant says: after this event, and at the end. */
  breaches(invariant: Invariant): { readonly look: string[]; readonly end: string[] };
}

/** One identity, `claude-scout`, and a daemon that is up since 0. */
export function fakeWorld(): FakeWorld {
  const entries: TraceEntry[] = [];
  const truth: FakeWorld["truth"] = { decisions: [], processes: [], messages: [], kills: [], daemonLife: [{ at: 0, what: "start" }] };
  const fake: FakeWorld = {
    ...{ now: 0, files: new Map(), truth, managed: new Map(), openSpans: [] },
    world: null as unknown as World,
    decide(ev, fields) {
      truth.decisions.push({ at: fake.now, virtualAt: fake.now, ev, fields: { identity: "claude-scout", ...fields }, context: null });
      fake.trace("decision", "claude-scout", { ev, ...fields });
    },
    trace: (kind, lane, data) => void entries.push({ seq: entries.length, at: fake.now, wall: fake.now, kind, lane, data }),
    process(instance, over) {
      const times = { spawnedAt: fake.now, endedAt: null, exit: null };
      truth.processes.push({ identity: "claude-scout", instance, pid: 1, conversation: `of ${instance}`, ...times, ...over });
    },
    message: (name, over) =>
      void truth.messages.push({ id: `id-${name}`, name, identity: "claude-scout", receipts: [], landedIn: [], ...over }),
    breaches(invariant) {
      const watch = invariant.watch(fake.world);
      const texts = (list: readonly { detail: string }[] = []): string[] => list.map(({ detail }) => detail);
      return { look: texts(watch.look?.()), end: texts(watch.end?.()) };
    },
  };
  const world: Partial<World> = {
    now: () => fake.now,
    busy: () => false,
    daemon: () => ({}) as ReturnType<World["daemon"]>,
    settings: () => DEFAULT_SETTINGS,
    trace: { entries, add: () => {}, hash: () => "" },
    file: (path) => fake.files.get(path) ?? null,
    files: (glob) => [...fake.files.keys()].filter((path) => path.startsWith(glob.replace(/\*.*$/, ""))),
    telemetry: { startMs: 0, spans: [], open: () => fake.openSpans, metrics: async () => null },
    truth: { ...truth, given: [], notices: [], managed: (identity) => fake.managed.get(identity) ?? null },
  };
  return Object.assign(fake, { world });
}
