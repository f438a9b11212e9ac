import { holdLengthMs, ringRefusesForMs } from "../../lib/lifecycle/decide/guard.ts";
import { formatHold } from "../../lib/lifecycle/state/hold.ts";
import { formatMarker } from "../../lib/lifecycle/state/marker.ts";
import { pathsOf, type Suffix } from "../../lib/lifecycle/state/paths.ts";
import { formatRecord, NO_TRACE, type SessionRecord } from "../../lib/lifecycle/state/record.ts";
import { formatRing, formatTopics } from "../../lib/lifecycle/state/ring.ts";
import { identityOf } from "../../lib/model/identity.ts";
import type { Given } from "../language/scenario.ts";
import type { Truth } from "./api.ts";
import type { Kernel } from "./kernel.ts";
import { folderOfPeer, ROOT } from "./layout.ts";

/** One peer's state before the first daemon starts, in absolute terms. */
interface Past {
  readonly kernel: Kernel;
  readonly name: string;
  readonly identity: string;
  readonly given: Given;
  /** Wall epoch ms of 0s, and of the moment since which it is in this state. */
  readonly now: number;
  readonly since: number;
  readonly instance: string;
  readonly reference: string | null;
}

const paths = pathsOf(ROOT);
/** A session that ended had lived for so long. */
const LIVED = 60_000;

/** Lays out what an earlier daemon left of each peer that has a `given`: the daemon under test finds it as it would find its own. */
export function layOutGiven(kernel: Kernel): void {
  for (const [name, given] of kernel.scenario.given) layOutOne(pastOf(kernel, name, given));
}

/** What the invariants must know of the time before. */
export function givenTruth({ scenario, given }: Kernel): Truth["given"] {
  return [...scenario.given].map(([name, { runtime, ended, deathAges, request, state }]) => {
    const identity = identityOf(runtime, name);
    const { instance = "", reference = null } = given.get(identity) ?? {};
    return {
      identity,
      instance,
      ended: ended === "never" ? null : ended,
      alive: state === "alive",
      deaths: deathAges.length,
      conversation: reference,
      request,
    };
  });
}

function pastOf(kernel: Kernel, name: string, given: Given): Past {
  const identity = identityOf(given.runtime, name);
  const now = kernel.machine.clock.wallMs();
  const past: Past = {
    ...{ kernel, name, identity, given, now, since: now - given.forMs },
    instance: kernel.random.uuid("world.given"),
    reference: given.conversation ? kernel.random.uuid("world.given") : null,
  };
  kernel.given.set(identity, { instance: past.instance, reference: past.reference });
  return past;
}

function layOutOne(past: Past): void {
  const { kernel, given, identity, instance, now, since } = past;
  const write = (suffix: Suffix, text: string): void => kernel.machine.disk.poke(paths.file(identity, suffix), text);
  if (past.reference !== null) converse(past, past.reference);
  if (given.ended !== "never") write("session", formatRecord(given.state === "alive" ? liveRecord(past) : endedRecord(past)));
  if (given.ended === "parked") write("idle-reaped", formatMarker(since, { instance, by: "daemon" }));
  if (given.state === "stopped") write("stopped", formatMarker(since, { by: "operator" }));
  if (given.topics.length > 0) write("topic", formatTopics(given.topics));
  if (given.deathAges.length > 0) write("deaths", formatRing(ringOf(past)));
  if (given.state === "held") write("hold", holdText(past));
  if (given.request === "refresh") write("fresh-next", formatMarker(now, { by: "operator" }));
  else if (given.request !== null) write("new-eager", formatMarker(now, { instance, by: given.request }));
}

/** Something was said, the last time just before it came into this state. */
function converse({ kernel, name, given, identity, instance, since }: Past, reference: string): void {
  const of = { runtime: given.runtime, cwd: folderOfPeer(name), identity };
  const entry = { kind: "reply", at: since, virtualAt: -given.forMs, instance, messageId: null, text: "" } as const;
  kernel.machine.home.open(reference, of).write(entry);
}

function recordOf({ kernel, name, given, identity, instance, reference, since }: Past): SessionRecord {
  const peer = kernel.scenario.peers.get(name);
  return {
    ...{ version: 1, identity, personality: name, runtime: given.runtime, cwd: folderOfPeer(name), instance, phase: "ended" },
    ...{ mode: "fresh", cause: "first-wake", kind: peer?.human ? "conversational" : "executor", reference },
    ...{ topic: null, message: null, wokeAt: since - LIVED, readyAt: since - LIVED, process: null, fulfils: {} },
    ...{ intent: null, end: null, origin: null, trace: NO_TRACE },
  };
}

/** Its process runs on through the change of daemons, at its prompt. */
function liveRecord(past: Past): SessionRecord {
  const { kernel, given, identity, instance, reference } = past;
  const record = recordOf(past);
  kernel.machine.agents.adoptAtPrompt(instance, { idleForMs: given.forMs, reference });
  const { pid, startTime, bootId } = kernel.machine.processes.spawn({
    ...{ identity, instance, cwd: record.cwd, argv: [given.runtime], env: {}, logFile: paths.terminalLog(identity) },
  });
  return { ...record, phase: "live", process: { pid, startTime, bootId } };
}

function endedRecord(past: Past): SessionRecord {
  const { given, since } = past;
  const end = given.ended === null || given.ended === "never" ? "crash" : given.ended;
  const died = end === "crash" || end === "self-close";
  const at = died ? (ringOf(past).at(-1) ?? since) : since;
  return { ...recordOf(past), end: { class: end, at, code: end === "self-close" ? 0 : died ? 1 : null, signal: null } };
}

/** Newest last. */
function ringOf({ given, now }: Past): number[] {
  return given.deathAges.map((age) => now - age).sort((left, right) => left - right);
}

function holdText(past: Past): string {
  const { kernel, given, now } = past;
  const { crashLoopMax: max, crashLoopWindowMs: windowMs } = kernel.settings;
  const newest = Math.min(given.forMs, ...given.deathAges);
  const byRing = ringRefusesForMs({ deathAges: given.deathAges, max, windowMs });
  const leftMs = given.leftMs ?? Math.max(1, given.level === 1 ? byRing : holdLengthMs(given.level, windowMs) - newest);
  const { clock, processes } = kernel.machine;
  return formatHold({
    ...{ level: given.level, openedAt: now - newest, until: now + leftMs, lengthMs: leftMs + newest, bootId: processes.bootId() },
    ...{ openedMonoMs: clock.monoMs() - newest, deaths: given.deathAges.length, lastDeath: now - newest, overrideUsed: false },
  });
}
