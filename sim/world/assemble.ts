import type { Daemon, DaemonParts } from "../../lib/lifecycle/api.ts";
import type { Fields, TraceContext } from "../../lib/model/decision.ts";
import { DEFAULT_SETTINGS } from "../../lib/model/settings.ts";
import { unitFileManagers } from "../../lib/peers/index.ts";
import { createGate, type Gate, type ProcessIdentity, type Runtime } from "../../lib/ports/index.ts";
import type { Scenario } from "../language/scenario.ts";
import type { Trace, TraceEntry, WorldOptions } from "./api.ts";
import { createBackOffs } from "./back-offs.ts";
import { createBehaviors } from "./behaviors.ts";
import { createCrashPoints, type Death } from "./crash-points.ts";
import { createFailures } from "./failures.ts";
import { createIncarnations } from "./incarnations.ts";
import { cutPower, type Kernel, startLater, withConfig } from "./kernel.ts";
import { MANAGER_FOLDERS, ROOT } from "./layout.ts";
import { BACKGROUND, createMachine, folderExists, type Machine } from "./machine.ts";
import { createMail } from "./mail.ts";
import type { Owner } from "./owner.ts";
import type { SimProcess } from "./processes.ts";
import { virtualRandom } from "./random.ts";
import { recordedInputs } from "./recorded.ts";
import { simRuntime } from "./runtime.ts";
import { createSimTelemetry } from "./telemetry.ts";
import { createTrace } from "./trace.ts";

export type MakeDaemon = (parts: DaemonParts) => Daemon;

/** Every runtime that a scenario may name without declaring it. */
const USUAL_RUNTIMES = ["claude", "codex"];

/** Puts a world together; nothing runs yet. */
export function assemble(scenario: Scenario, options: WorldOptions, makeDaemon: MakeDaemon): Kernel {
  const settings = withConfig(DEFAULT_SETTINGS, scenario.config);
  const behaviors = createBehaviors(scenario, () => machine.clock.elapsedMs());
  const random = virtualRandom(scenario.seed);
  const recorded = options.onMissed === undefined ? null : recordedInputs(options.onMissed);
  const full = options.fullTrace ?? true;
  const detail = full || options.onDetail ? hearDetail(options, (entry) => kernel.trace.add(entry)) : null;
  const crashPoints = createCrashPoints({
    root: ROOT,
    crashAt: options.crashAt,
    kill: (owner, kind, planned) => die(kernel, owner, kind, planned ? (options.crashAt?.restartAfterMs ?? null) : null),
    note: detail && ((kind, owner, data) => detail(kind, owner, String(data["op"]), data)),
  });
  const machine = createMachine({
    ...{ startMs: scenario.startMs, root: ROOT, crashPoints, takeBehavior: behaviors.take },
    takeTurn: (identity) => recorded?.takeTurn(identity) ?? null,
    isRoutine: (owner, delay) => owner === BACKGROUND || (owner.startsWith("daemon-") && delay === kernel.settings.superviseMs),
    onTimer: ({ what, owner, sequence: timer, dueAt }) => {
      if (detail && owner.startsWith("daemon-")) detail("timer", owner, what, { what, timer, dueAt });
    },
    onKill: (process, owner) => hearKill(kernel, process, numberOf(owner)),
    onAgent: (identity, data) => hearAgent(kernel, identity, data),
  });
  const views = new WeakMap<Owner, number>();
  const numberOf = (owner: Owner): number => views.get(owner) ?? 0;
  const trace = createTrace({ now: machine.clock.elapsedMs, wallMs: machine.clock.wallMs, full, keep: options.keepTrace ?? true });
  const kernel: Kernel = {
    ...{
      scenario,
      machine,
      crashPoints,
      behaviors,
      recorded,
      settings,
      trace,
      decisions: [],
      notices: [],
      kills: [],
      given: new Map(),
      managed: new Map(),
      startsAt: null,
    },
    mail: createMail((entry) => trace.add({ kind: "receipt", ...entry })),
    telemetry: createSimTelemetry(scenario, options.telemetry),
    random,
    backOffs: createBackOffs(random),
    failures: createFailures(),
    daemons: createIncarnations({
      machine,
      hooksOf: crashPoints.hostHooks,
      forget(owner) {
        crashPoints.forget(owner);
        kernel.telemetry.forget(owner);
      },
      create(number, owner, view, self) {
        views.set(view, number);
        const daemon = makeDaemon(partsOf(kernel, owner, view, self));
        kernel.telemetry.observe(owner, daemon.fleet);
        daemon.onReceipt((receipt) => void (view.dropped() || kernel.mail.hear(receipt)));
        return daemon;
      },
      note: (data) => trace.add({ kind: "daemon", lane: "daemon", data }),
      fail: (error) => kernel.failures.add(error),
    }),
  };
  return kernel;
}

type HearDetail = (kind: "disk" | "host" | "timer", lane: string, what: string, data: TraceEntry["data"]) => void;

/** One entry per operation and timer of the daemon, for whoever wants to know. */
function hearDetail({ onDetail }: WorldOptions, add: Trace["add"]): HearDetail {
  return (kind, lane, what, data) => {
    onDetail?.(kind, what);
    add({ kind, lane, data });
  };
}

/** Of a planned death nothing else in the story knows: the daemon is started again, but for one that was to stop, and a launch keeps its script. */
function die(kernel: Kernel, owner: string, kind: Death, restartAfterMs: number | null): void {
  const planned = restartAfterMs !== null;
  const comesBack = planned && !kernel.daemons.isRetiring(owner);
  if (planned && kind === "powerLoss") giveBackNext(kernel);
  if (kind === "crash") kernel.daemons.kill("crash", owner);
  else cutPower(kernel, true);
  if (comesBack) startLater(kernel, restartAfterMs);
}

/** What `next` says of one bring-up holds for the next one again when the machine goes before that was READY. */
function giveBackNext({ behaviors, decisions, machine }: Kernel): void {
  for (const { identity, instance, endedAt } of machine.processes.all) {
    const ready = decisions.some(({ ev, fields }) => ev === "launch" && fields["outcome"] === "ready" && fields["instance"] === instance);
    if (endedAt === null && !ready) behaviors.giveBack(identity);
  }
}

function hearAgent(kernel: Kernel, identity: string, data: Readonly<Record<string, unknown>>): void {
  kernel.trace.add({ kind: "agent", lane: identity, data });
  if (data["what"] === "recorded") kernel.mail.landed(String(data["message"]), String(data["instance"]), kernel.machine.clock.elapsedMs());
}

function hearKill({ kills, trace, machine }: Kernel, { identity, instance, pid }: SimProcess, epoch: number): void {
  kills.push({ instance, pid, at: machine.clock.elapsedMs(), epoch });
  trace.add({ kind: "agent", lane: identity, data: { what: "signalled", instance, pid, by: epoch } });
}

/** The production daemon's parts, each bound to one incarnation. */
function partsOf(kernel: Kernel, owner: string, view: Owner, self: ProcessIdentity): DaemonParts {
  const { machine } = kernel;
  const disk = machine.disk.forOwner(owner);
  const gate = createGate();
  return {
    ...{ clock: view.clock, disk, host: machine.host.forOwner(view), runtimes: runtimesOf(kernel, machine, view, gate), gate },
    telemetry: telemetryOf(kernel, view),
    random: kernel.backOffs,
    root: ROOT,
    settings: kernel.settings,
    managers: unitFileManagers(disk, MANAGER_FOLDERS),
    version: "0.0.0-simulated",
    self,
    holderAlive: (holder) => view.ask(() => machine.processes.isTaken(holder)),
    onDefect: (error) => void (view.dropped() || kernel.failures.add(error)),
  };
}

/** The production telemetry of one incarnation; the world hears of each decision and notice before it does. */
function telemetryOf(kernel: Kernel, view: Owner): DaemonParts["telemetry"] {
  const { trace, decisions, notices, machine } = kernel;
  const own = kernel.telemetry.forOwner(view);
  const contexts = new WeakMap<Fields, TraceContext>();
  return {
    ...own,
    trace(decision) {
      const context = own.trace(decision);
      if (context !== null) contexts.set(decision.fields, context);
      return context;
    },
    decision(decision, context) {
      if (view.dropped()) return;
      decisions.push({
        ...decision,
        virtualAt: machine.clock.elapsedMs(),
        context: decision.trace?.own ?? contexts.get(decision.fields) ?? null,
      });
      const lane = String(decision.fields["identity"] ?? decision.fields["to"] ?? "daemon");
      trace.add({ kind: "decision", lane, data: { ev: decision.ev, ...decision.fields } });
      own.decision(decision, context);
    },
    notice(notice) {
      if (view.dropped()) return;
      notices.push(notice);
      trace.add({ kind: "notice", lane: notice.identity ?? "daemon", data: { ...notice } });
      own.notice(notice);
    },
  };
}

function runtimesOf(kernel: Kernel, { agents, home, disk }: Machine, owner: Owner, gate: Gate): Map<string, Runtime> {
  const declared = [...kernel.scenario.peers.values()].flatMap((peer) => [peer.runtime, ...peer.runtimes]);
  const names = [...new Set([...USUAL_RUNTIMES, ...declared])];
  const parts = { owner, gate, agents, home, behavior: kernel.behaviors.peek, folderExists: (cwd: string) => folderExists(disk, cwd) };
  return new Map(names.map((name) => [name, simRuntime(name, parts)]));
}
