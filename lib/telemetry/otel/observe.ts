import type { BatchObservableResult, Meter, Observable } from "@opentelemetry/api";
import type { FleetSource } from "../../lifecycle/api.ts";
import { AGENT, METRICS, type MetricKey, type MetricSpec, PEER_STATES, WAKE_MODES } from "../metrics.ts";
import { OBSERVED } from "./instruments.ts";

/** Wake decisions per peer, counted here because every peer of the registry shows its zeros as long as it is registered. */
export type PeerWakes = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Makes the observed instruments of the registry, read off the fleet at each collection. The function returned ends that. */
export function observeFleet(meter: Meter, source: FleetSource, wakes: PeerWakes): () => void {
  const instruments = new Map([...OBSERVED].map((key) => [key, observableOf(meter, METRICS[key])]));
  const all = [...instruments.values()];
  const seen = new Set<string>();
  const callback = async (result: BatchObservableResult): Promise<void> => {
    const observe = (key: MetricKey, value: number, labels: Record<string, string> = {}): void => {
      const instrument = instruments.get(key);
      if (instrument !== undefined) result.observe(instrument, value, labels);
    };
    observeNow(observe, source, wakes);
    await observeMemory(observe, source);
    observeGone(observe, source, seen);
  };
  meter.addBatchObservableCallback(callback, all);
  return () => meter.removeBatchObservableCallback(callback, all);
}

function observableOf(meter: Meter, { kind, name, unit, description }: MetricSpec): Observable {
  if (kind === "counter") return meter.createObservableCounter(name, { unit, description });
  return kind === "updown"
    ? meter.createObservableUpDownCounter(name, { unit, description })
    : meter.createObservableGauge(name, { unit, description });
}

type Observe = (key: MetricKey, value: number, labels?: Record<string, string>) => void;

function observeNow(observe: Observe, source: FleetSource, wakes: PeerWakes): void {
  const { peers, lastPassAt, log } = source.snapshot();
  const byName = Map.groupBy(peers, ({ personality }) => personality);
  for (const [name, identities] of byName) {
    const agent = { [AGENT]: name };
    // A peer with several runtimes shows the state of the one that is up.
    const state = identities.find((peer) => peer.state !== "asleep")?.state ?? "asleep";
    for (const one of PEER_STATES) observe("peers", one === state ? 1 : 0, { ...agent, state: one });
    for (const mode of WAKE_MODES) observe("peerWakes", wakes.get(name)?.get(mode) ?? 0, { ...agent, mode });
    const oldest = Math.min(...identities.map(({ oldestAt }) => oldestAt ?? Number.POSITIVE_INFINITY));
    observe("inboxDepth", sum(identities.map(({ waiting }) => waiting)), agent);
    observe("inboxOldestAge", Number.isFinite(oldest) ? Math.max(0, source.now() - oldest) / 1000 : 0, agent);
  }
  observe("holds", peers.filter(({ state }) => state === "held").length);
  if (lastPassAt !== null) observe("superviseLast", lastPassAt / 1000);
  observe("logBytes", log.bytes);
  observe("logFailures", log.failed);
}

/** The SDK shows the last value of a series for ever: that a session is gone has to be said. One that is up and cannot be told says nothing. */
async function observeMemory(observe: Observe, source: FleetSource): Promise<void> {
  const bytes = await source.memory();
  for (const [name, identities] of Map.groupBy(source.snapshot().peers, ({ personality }) => personality)) {
    const known = identities.flatMap(({ identity }) => bytes.get(identity) ?? []);
    const isUp = identities.some(({ state }) => UP.has(state));
    if (known.length > 0 || !isUp) observe("sessionsMemory", sum(known), { [AGENT]: name });
  }
}

const UP: ReadonlySet<string> = new Set(["alive", "booting", "waiting"]);

/** Peers that were removed: for the same reason they are in no state and have nothing any more. Their wakes stay counted. */
function observeGone(observe: Observe, source: FleetSource, seen: Set<string>): void {
  const names = new Set(source.snapshot().peers.map(({ personality }) => personality));
  for (const name of seen) {
    if (names.has(name)) continue;
    const agent = { [AGENT]: name };
    for (const state of PEER_STATES) observe("peers", 0, { ...agent, state });
    for (const key of ["inboxDepth", "inboxOldestAge", "sessionsMemory"] as const) observe(key, 0, agent);
  }
  for (const name of names) seen.add(name);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
