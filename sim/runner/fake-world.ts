import type { Decision } from "../../lib/model/decision.ts";
import type { Receipt } from "../../lib/model/message.ts";
import type { Action, Scenario } from "../language/scenario.ts";
import type { CreateWorld, PeerView, TrueDecision, World } from "../world/api.ts";
import { createOwner } from "../world/owner.ts";
import { createSimTelemetry } from "../world/telemetry.ts";
import { createTrace } from "../world/trace.ts";

/** What a fake world lets happen at a virtual time. */
export interface FakeEvent {
  readonly at: number;
  readonly decision?: Omit<Decision, "at">;
  readonly peer?: Partial<PeerView>;
  readonly receipt?: Receipt & { readonly name: string };
  readonly run?: () => void;
}

const ASLEEP: PeerView = {
  ...{ state: "asleep", parked: false, deaths: 0, topics: [], launches: 0, mode: null, cause: null, instances: 0, attached: false },
};

/** A world without a daemon, for tests of the runner itself: it plays a list of events, and records which actions it was asked for. */
export function fakeWorld(events: readonly FakeEvent[], performed: { at: number; action: Action }[] = []): CreateWorld {
  return (scenario: Scenario): World => {
    const pending = [...events].sort((left, right) => left.at - right.at);
    const listeners: (() => void | Promise<void>)[] = [];
    const decisions: TrueDecision[] = [];
    const receipts = new Map<string, Receipt>();
    let view = ASLEEP;
    let now = 0;
    const trace = createTrace({ now: () => now, wallMs: () => scenario.startMs + now, full: true, keep: true });
    const telemetry = createSimTelemetry(scenario);
    const own = telemetry.forOwner(createOwner({ wallMs: () => 0, monoMs: () => 0, bootMs: () => 0, after: () => ({ cancel: () => {} }) }));
    const whole = (decision: Omit<Decision, "at">): Decision => ({ ...decision, at: scenario.startMs + now });
    const tell = async (): Promise<void> => {
      for (const listener of listeners) await listener();
    };
    const happen = async ({ decision, peer, receipt, run }: FakeEvent): Promise<void> => {
      if (decision !== undefined) decisions.push({ ...whole(decision), virtualAt: now, context: own.trace(whole(decision)) });
      if (decision !== undefined) own.decision(whole(decision));
      if (decision !== undefined) trace.add({ kind: "decision", lane: "daemon", data: { ev: decision.ev, ...decision.fields } });
      view = { ...view, ...peer };
      if (receipt !== undefined) receipts.set(receipt.name, receipt);
      run?.();
      await tell();
    };
    return {
      now: () => now,
      boot: tell,
      perform: async (action) => {
        performed.push({ at: now, action });
        await tell();
      },
      advanceTo: async (ms) => {
        for (let next = pending[0]; next !== undefined && next.at <= ms; next = pending[0]) {
          pending.shift();
          now = Math.max(now, next.at);
          await happen(next);
        }
        now = Math.max(now, ms);
      },
      nextEventAt: () => pending[0]?.at ?? null,
      busy: () => pending.length > 0,
      heal: () => trace.add({ kind: "action", lane: "world", data: { do: "heal" } }),
      onEvent: (listener) => void listeners.push(listener),
      daemon: () => null,
      trace,
      peer: async () => view,
      receipt: (name) => receipts.get(name) ?? null,
      delivered: () => [...receipts.keys()],
      file: (path) => (path === "state/there" ? '{"a":[1,{"b":"x"}]}\n' : null),
      files: () => ["state/there"],
      settings: () => {
        throw new Error("a fake world has no settings");
      },
      truth: { decisions, notices: [], processes: [], messages: [], kills: [], daemonLife: [], given: [], managed: () => null },
      telemetry,
      close: async () => {},
    };
  };
}
