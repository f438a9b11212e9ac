import { type DaemonProcess, type Fleet, pause } from "./fleet.ts";
import { processesOf } from "./processes.ts";
import { seededRandom } from "./torture.ts";

/** How a random life of a fleet goes. */
export interface StoryOptions {
  readonly peers: readonly string[];
  readonly seed: number;
  readonly steps: number;
  /** A daemon is killed, stopped and suspended when nothing is under way, or at whatever moment it is. */
  readonly disturbDaemon: "when-quiet" | "any-time";
}

/** What the driver did, for whoever reads of a failure. */
export interface Told {
  /** When a daemon was killed, stopped, suspended or woken (wall epoch ms), and whose requests had no answer yet. */
  readonly disturbances: readonly { readonly atMs: number; readonly asked: readonly string[] }[];
  /** One line per step, with its wall time. */
  readonly steps: readonly string[];
}

interface Stage {
  readonly fleet: Fleet;
  readonly options: StoryOptions;
  readonly random: () => number;
  /** Requests without an answer, by peer. */
  readonly open: Map<Promise<void>, string>;
  readonly disturbances: { atMs: number; asked: string[] }[];
  readonly steps: string[];
  daemon: DaemonProcess;
}

type Step = (stage: Stage, peer: string) => Promise<void>;

const TOPICS = [undefined, "alpha", "beta", "gamma"];
const TEXTS = ["hello", "hello again", "please think for 1 s", "please think for 3 s"];

/** Steps by weight. */
const STEPS: readonly (readonly [weight: number, name: string, step: Step])[] = [
  [30, "send", async (stage, peer) => send(stage, peer)],
  [6, "send and wait", sendAndWait],
  [12, "agent SIGKILL", signalAgent("SIGKILL")],
  [3, "agent SIGTERM", signalAgent("SIGTERM")],
  [6, "agent SIGSTOP", stopAgent],
  [6, "terminal server SIGKILL", killServer],
  [8, "daemon SIGKILL", killDaemon],
  [5, "daemon restart", restartDaemon],
  [5, "daemon SIGSTOP", suspendDaemon],
  [6, "new", async (stage, peer) => ask(stage, "new", peer)],
  [6, "stop and start", stopAndStart],
  [5, "refresh", async (stage, peer) => ask(stage, "refresh", peer)],
  [3, "interrupt", async (stage, peer) => ask(stage, "interrupt", peer)],
  [3, "self-fresh", async (stage, peer) => ask(stage, "self-fresh", peer)],
  [3, "self-done", async (stage, peer) => ask(stage, "self-done", peer)],
  [3, "crash loop", crashLoop],
  [3, "reset", async (stage, peer) => ask(stage, "reset", peer)],
  [14, "a while", (stage) => pause(stage.random() * 3_500)],
];

/** Lives a random life: one seed means one order of steps; how far each gets before the next is the machine's own affair. */
export async function story(fleet: Fleet, daemon: DaemonProcess, options: StoryOptions): Promise<Told> {
  const stage: Stage = {
    fleet,
    options,
    daemon,
    random: seededRandom(options.seed, "story"),
    open: new Map(),
    disturbances: [],
    steps: [],
  };
  const total = STEPS.reduce((sum, [weight]) => sum + weight, 0);
  for (let n = 0; n < options.steps; n += 1) {
    const peer = options.peers[Math.floor(stage.random() * options.peers.length)] ?? "";
    const [, name, step] = stepAt(stage.random() * total);
    await heard(stage, peer);
    stage.steps.push(`${new Date().toISOString()} ${name} ${peer}`);
    await step(stage, peer);
    await pause(stage.random() ** 2 * 800);
  }
  await answered(stage);
  for (const peer of options.peers) if ((await fleet.peer(peer)).state === "stopped") await fleet.ask("start", { peer });
  await quiet(stage);
  await fleet.end(stage.daemon);
  return { disturbances: stage.disturbances, steps: stage.steps };
}

function stepAt(weight: number): (typeof STEPS)[number] {
  let below = 0;
  for (const step of STEPS) {
    below += step[0];
    if (weight < below) return step;
  }
  throw new Error("the weights do not add up");
}

/** Asks and does not wait: a daemon that dies meanwhile answers nobody, and refusals are decisions like any other. */
function begin(stage: Stage, peer: string, request: Promise<unknown>): void {
  const done: Promise<void> = request.then(
    () => void stage.open.delete(done),
    () => void stage.open.delete(done),
  );
  stage.open.set(done, peer);
}

function ask(stage: Stage, verb: string, peer: string): void {
  const self = verb.startsWith("self-") ? { identity: `demo-${peer}` } : { peer };
  begin(stage, peer, stage.fleet.ask(verb, self));
}

function send(stage: Stage, peer: string): void {
  const [topic, text = ""] = [pick(stage, TOPICS), pick(stage, TEXTS)];
  begin(stage, peer, stage.fleet.send(peer, text, { waitMs: 0, ...(topic !== undefined && { topic }) }));
}

async function sendAndWait(stage: Stage, peer: string): Promise<void> {
  send(stage, peer);
  await answered(stage);
}

function pick<T>({ random }: Stage, all: readonly T[]): T | undefined {
  return all[Math.floor(random() * all.length)];
}

async function answered({ open }: Stage): Promise<void> {
  await Promise.race([Promise.all(open.keys()), pause(10_000)]);
}

/** Nobody asks twice of a peer within one moment: which of two such requests is served first is chance, here as in a replay. */
async function heard({ open }: Stage, peer: string): Promise<void> {
  const mine = [...open].flatMap(([request, of]) => (of === peer ? [request] : []));
  if (mine.length === 0) return;
  await Promise.race([Promise.all(mine), pause(10_000)]);
  await pause(150);
}

/** Every request is answered, nobody boots, works or ends, and no message waits for anything but an operator or the guard. */
async function quiet(stage: Stage): Promise<void> {
  const { fleet, options } = stage;
  await fleet.until(
    "quiet",
    async () => {
      if (stage.open.size > 0) return null;
      const before = (await fleet.log()).records.length;
      const all = await Promise.all(options.peers.map((peer) => fleet.peer(peer)));
      const calm = all.every(
        ({ state, inbox, activity }) => ["held", "stopped"].includes(state) || (inbox.length === 0 && isAtRest(state, activity)),
      );
      await pause(300);
      return calm && (await fleet.log()).records.length === before ? true : null;
    },
    60_000,
  );
}

function isAtRest(state: string, activity: string | null): boolean {
  return state === "asleep" || (state === "alive" && activity === "idle");
}

function agentOf({ fleet }: Stage, peer: string): number | null {
  return processesOf(fleet.root).find(({ role, identity }) => role === "agent" && identity === `demo-${peer}`)?.pid ?? null;
}

function signalAgent(signal: NodeJS.Signals): Step {
  return async (stage, peer) => kill(agentOf(stage, peer), signal);
}

function kill(pid: number | null, signal: NodeJS.Signals): void {
  try {
    if (pid !== null) process.kill(pid, signal);
  } catch {
    // It has just ended by itself.
  }
}

async function stopAgent(stage: Stage, peer: string): Promise<void> {
  const pid = agentOf(stage, peer);
  kill(pid, "SIGSTOP");
  await pause(stage.random() * 3_000);
  kill(pid, "SIGCONT");
}

async function killServer({ fleet }: Stage, peer: string): Promise<void> {
  const server = processesOf(fleet.root).find(({ role, identity }) => role === "tmux" && identity === `demo-${peer}`);
  kill(server?.pid ?? null, "SIGKILL");
}

async function killDaemon(stage: Stage, peer: string): Promise<void> {
  await quietIfAsked(stage);
  disturbed(stage);
  await stage.fleet.end(stage.daemon, "SIGKILL");
  await Promise.all(stage.open.keys());
  // What dies while no daemon looks is found by the next one.
  if (stage.random() < 0.3) kill(agentOf(stage, peer), "SIGKILL");
  await pause(stage.random() * 500);
  stage.daemon = await stage.fleet.start();
}

/** From then on whoever had something under way may be decided about in another way. */
function disturbed(stage: Stage): void {
  stage.disturbances.push({ atMs: Date.now(), asked: [...new Set(stage.open.values())] });
}

async function quietIfAsked(stage: Stage): Promise<void> {
  if (stage.options.disturbDaemon === "when-quiet") await quiet(stage);
}

async function restartDaemon(stage: Stage): Promise<void> {
  await quietIfAsked(stage);
  disturbed(stage);
  await stage.fleet.end(stage.daemon);
  await Promise.all(stage.open.keys());
  await pause(stage.random() * 500);
  stage.daemon = await stage.fleet.start();
}

/** For longer than the daemon takes for a gap in time; at any time also for less, which no line tells. */
async function suspendDaemon(stage: Stage): Promise<void> {
  const anyTime = stage.options.disturbDaemon === "any-time";
  const [random, ms] = [stage.random(), anyTime ? 300 : 5_500];
  await quietIfAsked(stage);
  disturbed(stage);
  kill(stage.daemon.pid, "SIGSTOP");
  await pause(ms + random * (anyTime ? 6_000 : 1_500));
  kill(stage.daemon.pid, "SIGCONT");
  // Whoever wrote meanwhile is under way when it goes on.
  disturbed(stage);
}

async function stopAndStart(stage: Stage, peer: string): Promise<void> {
  ask(stage, "stop", peer);
  await pause(stage.random() * 1_500);
  if (stage.random() < 0.5) send(stage, peer);
  await pause(stage.random() * 500);
  ask(stage, "start", peer);
}

/** Each session dies as soon as it is there, until the guard holds the peer. */
async function crashLoop(stage: Stage, peer: string): Promise<void> {
  for (let deaths = 0; deaths < 3; deaths += 1) {
    send(stage, peer);
    await stage.fleet
      .until("an agent", async () => agentOf(stage, peer) ?? ((await isUp(stage, peer)) ? null : true), 10_000)
      .catch(() => {});
    await pause(stage.random() * 600);
    kill(agentOf(stage, peer), "SIGKILL");
    await pause(200);
  }
}

async function isUp({ fleet }: Stage, peer: string): Promise<boolean> {
  return !["held", "stopped"].includes((await fleet.peer(peer)).state);
}
