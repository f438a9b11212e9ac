import type { Message, Receipt } from "../model/message.ts";
import type { PeerKind, PeerProfile } from "../model/peer.ts";
import type { Settings } from "../model/settings.ts";
import type { Managers } from "../peers/managers.ts";
import type { Clock, Disk, Gate, Random, Runtime, SessionHost, Telemetry } from "../ports/index.ts";
import type { EndClass } from "./decide/classify.ts";
import type { GuardExplanation } from "./decide/explain-guard.ts";
import type { IdleExplanation } from "./decide/explain-idle.ts";
import type { RefusalStep } from "./decide/explain-refusal.ts";
import type { WakeExplanation } from "./decide/explain-wake.ts";

/** Everything that a daemon is made of; the same for the real and the simulated one. */
export interface DaemonParts {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly host: SessionHost;
  readonly runtimes: ReadonlyMap<string, Runtime>;
  readonly telemetry: Telemetry;
  readonly random: Random;
  /** Absolute, `IAPEER_ROOT`. */
  readonly root: string;
  readonly settings: Settings;
  readonly managers: Managers;
  readonly version: string;
  /** Process identity of the daemon itself, for the lease (§14). */
  readonly self: LeaseHolder;
  /** Is that holder's process alive? `unknown` counts as alive. */
  readonly holderAlive: (holder: LeaseHolder) => Promise<boolean | "unknown">;
  /** Shut on keystrokes once the lease is lost; the runtimes type through it. */
  readonly gate?: Gate;
  /** Hears of errors that no rule foresees; the simulator fails the run, production has the log line. */
  readonly onDefect?: (error: unknown) => void;
}

export interface LeaseHolder {
  readonly pid: number;
  readonly startTime: string;
  readonly bootId: string;
}

/** The daemon: one per root. Every verb goes through it; there is no door around its guards (lifecycle §13). */
export interface Daemon {
  /** Takes the lease, adopts what lives, starts supervising. Rejects with `IapeerError` (`daemon-running`, `root-unusable`, …). */
  start(): Promise<void>;
  /** Stops supervising and gives the lease back; sessions keep running. */
  stop(): Promise<void>;
  /** Resolves when this daemon has lost its lease and ceased to act (§14). */
  readonly fenced: Promise<void>;
  /** Takes a message in: resolves once it is durable (`accepted`, `queued`, `held`) or refused. */
  send(request: SendRequest): Promise<Receipt>;
  /** The latest receipt of a message, or null when the daemon never heard of it. */
  receipt(id: string): Receipt | null;
  /** Resolves with the first final receipt (`landed`, `refused`, `failed`), or at once when it is final. */
  settled(id: string): Promise<Receipt>;
  /** Hears every change of every receipt. */
  onReceipt(listener: (receipt: Receipt) => void): void;
  /** A person opens the session: wakes with `resume: true` when asleep; rejects when nothing can be resumed or the wake fails. */
  attach(peer: PeerRef, by: string): Promise<AttachResult>;
  /** The person is gone again. */
  attachEnd(peer: PeerRef, by: string): Promise<void>;
  /** Folder launch: a fresh session (`resume: false`); resolves when READY. */
  launch(peer: PeerRef, by: string): Promise<WakeResult>;
  /** The operator's unconditional fresh restart; resolves when READY. */
  renew(peer: PeerRef, by: string): Promise<WakeResult>;
  refresh(peer: PeerRef, by: string): Promise<void>;
  stopPeer(peer: PeerRef, by: string): Promise<void>;
  startPeer(peer: PeerRef, by: string): Promise<void>;
  reset(peer: PeerRef, by: string): Promise<void>;
  interrupt(peer: PeerRef, by: string): Promise<void>;
  compact(peer: PeerRef, by: string): Promise<boolean>;
  /** The agent itself asks for a fresh restart (§9 `/new`). */
  selfFresh(identity: string, by: string): Promise<void>;
  /** The agent itself says that its work is done: parked as soon as its turn ends (§13). */
  selfDone(identity: string, by: string): Promise<void>;
  /** Registers a peer whose profile was just written, or reads a changed one again. */
  register(profile: PeerProfile): Promise<void>;
  /** Forgets a peer and purges every file of its identities. Refuses a live one. */
  unregister(personality: string, by: string): Promise<void>;
  /** What the daemon knows about every registered peer, or about one. */
  peers(): Promise<PeerStatus[]>;
  peer(ref: PeerRef): Promise<PeerStatus>;
  /** Why the peer would come up as it would, had a message with this topic arrived now (§13). Changes nothing. */
  explain(ref: PeerRef, topic?: string): Promise<Explanation>;
  /** What the observed metrics are read off; an empty fleet while the daemon is not running. */
  readonly fleet: FleetSource;
}

/** The fleet as the daemon holds it in memory: what the observed metrics are read off, without touching a disk. */
export interface FleetSnapshot {
  /** Every identity that has a state or messages, and the default one of every other registered peer. */
  readonly peers: readonly FleetPeer[];
  /** Wall epoch ms at which the last pass ended; null before the first. */
  readonly lastPassAt: number | null;
  /** The newest part of lifecycle.log, and lines that could not be written since the daemon started. */
  readonly log: { readonly bytes: number; readonly failed: number };
}

export interface FleetPeer {
  readonly personality: string;
  readonly identity: string;
  readonly state: PeerState;
  /** Messages that wait, and when the oldest of them was accepted (wall epoch ms). */
  readonly waiting: number;
  readonly oldestAt: number | null;
}

/** What telemetry may ask of a running daemon at any time. */
export interface FleetSource {
  /** Wall epoch ms. */
  now(): number;
  snapshot(): FleetSnapshot;
  /** Resident bytes of each live session with all its processes, by identity; those that cannot be told are missing. */
  memory(): Promise<ReadonlyMap<string, number>>;
}

/** Why a peer would come up as it would now; times in ms. */
export interface Explanation extends WakeExplanation {
  readonly identity: string;
  /** ISO time of the look. */
  readonly at: string;
  readonly state: PeerState;
  /** How the last session that was READY ended; null when there was none, or it is up. */
  readonly last: EndClass | null;
  /** The refusal that would come first, or null. */
  readonly refusal: string | null;
  readonly refusals: readonly RefusalStep[];
  readonly guard: GuardExplanation;
  /** Whether and when it would be parked; null when no session is up. */
  readonly idle: IdleExplanation | null;
}

/** A peer by name, or one of its identities; `runtime` picks among several. */
export interface PeerRef {
  readonly personality: string;
  readonly runtime?: string;
}

export interface SendRequest {
  readonly to: string;
  readonly runtime?: string;
  readonly from?: string;
  readonly text: string;
  readonly topic?: string;
  readonly attachments?: readonly string[];
  /** Chosen by a sender that may have to repeat itself: the same id is accepted once. */
  readonly id?: string;
  /** The caller's own span (W3C `traceparent`). */
  readonly trace?: string;
}

export interface WakeResult {
  readonly identity: string;
  readonly instance: string;
  readonly mode: "fresh" | "resume";
  readonly cause: string;
}

export interface AttachResult {
  readonly identity: string;
  readonly instance: string;
  readonly woke: boolean;
  /** Opens the session's terminal; null in a simulated world. */
  readonly command: readonly string[] | null;
}

export type PeerState = "alive" | "asleep" | "booting" | "waiting" | "stopped" | "held";

export interface PeerStatus {
  readonly personality: string;
  readonly identity: string;
  readonly runtime: string;
  readonly kind: PeerKind;
  readonly state: PeerState;
  readonly instance: string | null;
  readonly pid: number | null;
  /** The next wake by a message of a known topic would resume (§5 "parked"). */
  readonly parked: boolean;
  readonly deaths: number;
  readonly topics: readonly string[];
  /** Messages that wait. */
  readonly inbox: readonly Pick<Message, "id" | "from" | "topic" | "acceptedAt">[];
  /** Seconds until a held peer may be probed; null when not held. */
  readonly heldForSecs: number | null;
  /** Mode and cause of the last wake decision, null when there was none since this daemon started. */
  readonly lastWake: { readonly mode: string; readonly cause: string } | null;
  readonly managedBy: "launchd" | "systemd" | null;
  /** What the runtime said last: `idle`, `busy`, `waiting`, `unknown`; null when not alive. */
  readonly activity: string | null;
  readonly idleSecs: number | null;
  readonly cwd: string;
}
