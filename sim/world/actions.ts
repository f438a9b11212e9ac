import type { AttachResult, Daemon, PeerRef } from "../../lib/lifecycle/api.ts";
import type { Liveness } from "../../lib/ports/index.ts";
import type { Action } from "../language/scenario.ts";
import type { SimAgent } from "./agent.ts";
import type { Outcome } from "./incarnations.ts";
import { cutPower, identitiesOfPeer, type Kernel, livingAgent, manage, startLater, withConfig } from "./kernel.ts";
import { ROOT } from "./layout.ts";

type ActionOf<D extends Action["do"], A = Action> = A extends { readonly do: infer Some } ? (D extends Some ? A : never) : never;
type Performers = { readonly [D in Action["do"]]: (kernel: Kernel, action: ActionOf<D>) => void };

/** How long a machine takes from `host: reboot` to its daemon's start, virtual ms. */
const REBOOT_TAKES = 30_000;
/** An agent closes so long after its request for a fresh restart was taken in. */
const CLOSES_AFTER = 100;
const BY = "scenario";

/** Does what a timeline entry says, now; what comes of it later stands in the trace. */
export function performAction(kernel: Kernel, action: Action): void {
  if (kernel.recorded?.admits(kernel, action) === false) return;
  note(kernel, action, "peer" in action ? action.peer : "world", plain(action));
  (performers[action.do] as (kernel: Kernel, action: Action) => void)(kernel, action);
}

const performers: Performers = {
  send,
  attach,
  detach,
  launch: (kernel, action) => ask(kernel, action, (daemon) => daemon.launch(refOf(action), BY)),
  new: (kernel, action) => ask(kernel, action, (daemon) => daemon.renew(refOf(action), BY)),
  refresh: (kernel, action) => ask(kernel, action, (daemon) => daemon.refresh(refOf(action), BY)),
  stop: (kernel, action) => ask(kernel, action, (daemon) => daemon.stopPeer(refOf(action), BY)),
  start: (kernel, action) => ask(kernel, action, (daemon) => daemon.startPeer(refOf(action), BY)),
  reset: (kernel, action) => ask(kernel, action, (daemon) => daemon.reset(refOf(action), BY)),
  compact: (kernel, action) => ask(kernel, action, (daemon) => daemon.compact(refOf(action), BY)),
  interrupt: (kernel, action) => ask(kernel, action, (daemon) => daemon.interrupt(refOf(action), BY)),
  selfFresh,
  selfDone: (kernel, action) => ask(kernel, action, (daemon) => daemon.selfDone(sessionOf(kernel, action.peer), BY)),
  turn: (kernel, action) => toAgent(kernel, action, (agent) => agent.work(action.forMs, action.asks)),
  crash: (kernel, action) => toAgent(kernel, action, (agent) => agent.exit(action.code, action.signal)),
  exit: (kernel, action) => toAgent(kernel, action, (agent) => agent.exit(0, null)),
  next: (kernel, action) => {
    kernel.behaviors.next(action.peer, action.behavior, action.untilMs);
    if (action.backOffMs !== undefined) kernel.backOffs.next(action.peer, action.backOffMs);
  },
  manage: (kernel, action) => manage(kernel, action.peer, action.by),
  daemon: (kernel, action) => actOnDaemon(kernel, action),
  host: actOnHost,
  clock: (kernel, action) => kernel.machine.clock.step(action.stepMs),
  faultFs({ machine }, { operation, path, error, times, forMs }) {
    const until = forMs === undefined ? {} : { untilMs: machine.clock.elapsedMs() + forMs };
    machine.disk.addFault({ operation, glob: path, error, ...(times !== undefined && { times }), ...until });
  },
  faultProbe: (kernel, { peer, error, forMs }) => {
    for (const identity of identitiesOfPeer(kernel, peer)) kernel.machine.probes.fail(identity, error, forMs);
  },
  probe: (kernel, { peer, everyMs, values }) => {
    for (const identity of identitiesOfPeer(kernel, peer)) kernel.machine.probes.script(identity, everyMs, values as Liveness["state"][]);
  },
  heal: (kernel) => heal(kernel),
  files({ machine }, { write, remove }) {
    for (const [path, text] of write) machine.disk.poke(underRoot(path), text);
    for (const path of remove) machine.disk.erase(underRoot(path));
  },
  config(kernel, { config }) {
    kernel.settings = withConfig(kernel.settings, config);
    if (kernel.daemons.current() !== null) kernel.daemons.stop(() => kernel.daemons.start());
  },
};

/** Ends all faults, scripts and armed deaths. */
export function heal({ machine, crashPoints }: Kernel): void {
  machine.disk.heal();
  machine.probes.heal();
  machine.host.heal();
  crashPoints.disarm();
}

function send(kernel: Kernel, action: ActionOf<"send">): void {
  const { mail, random, daemons } = kernel;
  const { to, text, topic, runtime, from } = action;
  const drawn = random.uuid("world.send");
  const id = mail.open(drawn, action.as ?? drawn);
  const request = {
    to,
    text,
    id,
    ...(topic !== undefined && { topic }),
    ...(runtime !== undefined && { runtime }),
    ...(from !== undefined && { from }),
  };
  daemons.call(
    (daemon) => daemon.send(request),
    (outcome) => (outcome.ok ? mail.hear(outcome.value) : mail.giveUp(id, outcome.reason)),
  );
}

function attach(kernel: Kernel, action: ActionOf<"attach">): void {
  ask(
    kernel,
    action,
    (daemon) => daemon.attach(refOf(action), BY),
    (result: AttachResult) => {
      const agent = kernel.machine.agents.of(result.instance);
      if (!agent || agent.process.endedAt !== null) return;
      agent.process.attached = true;
      kernel.trace.add({ kind: "agent", lane: result.identity, data: { what: "attached", instance: result.instance } });
      agent.answer();
    },
  );
}

function detach(kernel: Kernel, action: ActionOf<"detach">): void {
  const process = livingAgent(kernel, action.peer)?.process;
  if (process?.attached) {
    process.attached = false;
    kernel.trace.add({ kind: "agent", lane: process.identity, data: { what: "detached", instance: process.instance } });
  }
  ask(kernel, action, (daemon) => daemon.attachEnd(refOf(action), BY));
}

function selfFresh(kernel: Kernel, action: ActionOf<"selfFresh">): void {
  const agent = livingAgent(kernel, action.peer);
  const identity = sessionOf(kernel, action.peer);
  const close = (): void => {
    if (action.closes !== false) kernel.machine.clock.after(CLOSES_AFTER, () => agent?.exit(0, null));
  };
  ask(kernel, action, (daemon) => daemon.selfFresh(identity, BY), close);
}

/** The identity that an agent would name as its own. */
function sessionOf(kernel: Kernel, peer: string): string {
  return livingAgent(kernel, peer)?.process.identity ?? identitiesOfPeer(kernel, peer)[0] ?? peer;
}

function actOnDaemon(kernel: Kernel, action: ActionOf<"daemon">): void {
  const { daemons, crashPoints } = kernel;
  // The scenario's word: from here on it says whether there is a daemon.
  if (!("before" in action && action.before !== undefined)) kernel.startsAt = null;
  if (action.what === "crash" || action.what === "powerLoss") {
    if (action.before !== undefined) crashPoints.arm(action.what, action.before, action.nth ?? 1);
    else if (action.what === "crash") daemons.kill("crash");
    else cutPower(kernel, true);
  } else if (action.what === "restart") daemons.stop(() => daemons.start());
  else if (action.what === "stop") daemons.stop();
  else if (action.what === "start") daemons.start();
  else if (action.what === "pause") daemons.pause();
  else daemons.continue();
}

function actOnHost(kernel: Kernel, action: ActionOf<"host">): void {
  if (action.what === "suspend") kernel.machine.clock.suspend(action.forMs);
  else if (action.what === "sessionServerCrash") {
    const of = action.peers?.flatMap((peer) => identitiesOfPeer(kernel, peer));
    kernel.machine.processes.crashServer(of);
  } else {
    cutPower(kernel, false);
    startLater(kernel, REBOOT_TAKES);
  }
}

/** Something happens to the living session; when there is none, the trace says so. */
function toAgent(kernel: Kernel, action: Action & { peer: string }, happen: (agent: SimAgent) => void): void {
  const agent = livingAgent(kernel, action.peer);
  if (agent) happen(agent);
  else note(kernel, action, action.peer, { outcome: "no-session" });
}

/** Asks the daemon and writes down what it answered, whenever that is. */
function ask<T>(kernel: Kernel, action: Action & { peer: string }, call: (daemon: Daemon) => Promise<T>, use?: (value: T) => void): void {
  kernel.daemons.call(call, (outcome: Outcome<T>) => {
    if (outcome.ok) use?.(outcome.value);
    const said = outcome.ok ? { outcome: "ok", ...resultOf(outcome.value) } : { outcome: outcome.code, reason: outcome.reason };
    note(kernel, action, action.peer, said);
  });
}

function note({ trace }: Kernel, action: Action, lane: string, data: Readonly<Record<string, unknown>>): void {
  trace.add({ kind: "action", lane, data: { do: action.do, ...data } });
}

function resultOf(value: unknown): Record<string, unknown> {
  if (typeof value === "boolean") return { value };
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** Maps do not show in JSON. */
function plain(action: Action): Record<string, unknown> {
  return action.do === "files" ? { write: Object.fromEntries(action.write), remove: action.remove } : { ...action };
}

function refOf(action: { readonly peer: string; readonly runtime?: string }): PeerRef {
  return { personality: action.peer, ...(action.runtime !== undefined && { runtime: action.runtime }) };
}

function underRoot(path: string): string {
  return path.startsWith("/") ? path : `${ROOT}/${path}`;
}
