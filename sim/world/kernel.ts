import type { Notice } from "../../lib/model/decision.ts";
import { identityOf } from "../../lib/model/identity.ts";
import type { Settings } from "../../lib/model/settings.ts";
import type { Random } from "../../lib/ports/index.ts";
import type { Scenario, ScenarioConfig, ScenarioPeer } from "../language/scenario.ts";
import type { SimAgent } from "./agent.ts";
import type { Trace, TrueDecision, Truth } from "./api.ts";
import type { BackOffs } from "./back-offs.ts";
import type { Behaviors } from "./behaviors.ts";
import type { CrashPoints } from "./crash-points.ts";
import type { Failures } from "./failures.ts";
import type { Incarnations } from "./incarnations.ts";
import { identitiesOf, writeUnits } from "./layout.ts";
import type { Machine } from "./machine.ts";
import type { Mail } from "./mail.ts";
import type { RecordedInputs } from "./recorded.ts";
import type { SimTelemetry } from "./telemetry.ts";

/** The parts of a world, for the files that make its methods. */
export interface Kernel {
  readonly scenario: Scenario;
  readonly machine: Machine;
  readonly crashPoints: CrashPoints;
  readonly daemons: Incarnations;
  readonly behaviors: Behaviors;
  readonly backOffs: BackOffs;
  /** Where inputs come from another run. */
  readonly recorded: RecordedInputs | null;
  readonly mail: Mail;
  readonly random: Random;
  readonly trace: Trace;
  readonly telemetry: SimTelemetry;
  readonly failures: Failures;
  readonly decisions: TrueDecision[];
  readonly notices: Notice[];
  readonly kills: Truth["kills"][number][];
  /** Sessions of the time before the first daemon, by identity. */
  readonly given: Map<string, { readonly instance: string; readonly reference: string | null }>;
  /** Identities that an external manager owns. */
  readonly managed: Map<string, { readonly by: "launchd" | "systemd"; readonly since: number }>;
  /** Changed by the scenario's `config` entries; holds from the next start of the daemon. */
  settings: Settings;
  /** When the daemon will be started without the scenario's saying so (after a reboot, or by `sim crashes`); null = it will not. */
  startsAt: number | null;
}

/** A daemon that would not start is tried again after so much machine time, as service managers do, virtual ms. */
const START_AGAIN = 10_000;

/**
 * Starts the daemon after `ms` of machine time, again and again until it stays up, unless another power cut or the scenario's own word comes
 * first, or one runs by then. One that is suspended serves nobody, and keeps nobody from trying.
 */
export function startLater(kernel: Kernel, ms: number): void {
  const { clock } = kernel.machine;
  const startsAt = clock.elapsedMs() + ms;
  kernel.startsAt = startsAt;
  clock.after(ms, () => {
    if (kernel.startsAt !== startsAt) return;
    kernel.startsAt = null;
    if (!kernel.daemons.isServed()) kernel.daemons.start(() => startLater(kernel, START_AGAIN));
  });
}

/** Everything stops at once; with `lose`, what was not synced is lost too. */
export function cutPower(kernel: Kernel, lose: boolean): void {
  kernel.daemons.killAll(lose ? "powerLoss" : "crash");
  kernel.startsAt = null;
  kernel.machine.reboot(lose);
}

/** The settings with what a scenario says about them. */
export function withConfig(settings: Settings, config: ScenarioConfig): Settings {
  const { idle, bootDeadline, readyGate, maxAge, supervise, crashLoopMax, crashLoopWindow, superviseLogVerbose } = config;
  return {
    ...settings,
    ...(idle !== undefined && { idleMs: idle }),
    ...(bootDeadline !== undefined && { bootDeadlineMs: bootDeadline }),
    ...(readyGate !== undefined && { readyGateMs: readyGate }),
    ...(maxAge !== undefined && { maxAgeMs: maxAge }),
    ...(supervise !== undefined && { superviseMs: supervise }),
    ...(crashLoopMax !== undefined && { crashLoopMax }),
    ...(crashLoopWindow !== undefined && { crashLoopWindowMs: crashLoopWindow }),
    ...(superviseLogVerbose !== undefined && { superviseLogVerbose }),
  };
}

/** A peer of the scenario; throws `RangeError` for a name that it does not have. */
export function peerOf({ scenario }: Kernel, name: string): ScenarioPeer {
  const peer = scenario.peers.get(name);
  if (peer) return peer;
  throw new RangeError(`the scenario has no peer "${name}"; it has ${[...scenario.peers.keys()].join(", ")}`);
}

export function identitiesOfPeer(kernel: Kernel, name: string): string[] {
  return identitiesOf(name, peerOf(kernel, name));
}

/** An external manager takes the peer's default identity, or lets go of it: unit files and truth. */
export function manage(kernel: Kernel, name: string, by: "launchd" | "systemd" | "none"): void {
  const peer = peerOf(kernel, name);
  const identity = identityOf(peer.runtime, name);
  writeUnits(kernel.machine.disk, identity, by);
  if (by === "none") kernel.managed.delete(identity);
  else kernel.managed.set(identity, { by, since: kernel.machine.clock.elapsedMs() });
}

/** The living session of a peer, of whichever runtime. */
export function livingAgent(kernel: Kernel, name: string): SimAgent | null {
  for (const identity of identitiesOfPeer(kernel, name)) {
    const agent = kernel.machine.agents.living(identity);
    if (agent) return agent;
  }
  return null;
}
