import type { Daemon, DaemonParts, SendRequest } from "../../lib/lifecycle/api.ts";
import { NO_FLEET } from "../../lib/lifecycle/fleet.ts";
import type { Receipt } from "../../lib/model/message.ts";
import type { HostExit, RuntimeSession } from "../../lib/ports/index.ts";

/** What a toy daemon has heard and known, for the tests to look at. */
export interface Toy {
  readonly parts: DaemonParts;
  readonly exits: HostExit[];
  readonly sessions: Map<string, RuntimeSession>;
}

/**
 * The least that can be called a daemon: it wakes a peer for each message and delivers it, and forgets everything when it dies. It
 * exists to test the virtual world alone.
 */
export function toyDaemon(parts: DaemonParts, toy: Toy): Daemon {
  const listeners: ((receipt: Receipt) => void)[] = [];
  const tell = (receipt: Receipt): Receipt => {
    for (const listener of listeners) listener(receipt);
    return receipt;
  };
  const runtime = parts.runtimes.get("claude");
  if (!runtime) throw new Error("no runtime");
  const signal = new AbortController().signal;

  async function wake(name: string): Promise<RuntimeSession> {
    const known = toy.sessions.get(name);
    if (known && (await parts.host.probe(known)).state === "alive") return known;
    const [identity, instance, cwd] = [`claude-${name}`, parts.random.uuid("instance"), `/home/sim/${name}`];
    const base = { identity, instance, cwd };
    const plan = runtime?.plan({ ...base, mode: "fresh", reference: null, permissions: "ask", uuid: parts.random.uuid("conversation") });
    await parts.disk.makeFolder(`${parts.root}/state/lifecycle`);
    await parts.disk.create(`${parts.root}/state/lifecycle/${identity}.session`, instance).catch(() => {});
    const process = await parts.host.spawn({ ...base, argv: plan?.argv ?? [], env: {}, logFile: `${parts.root}/logs/${identity}.log` });
    const session = { ...base, process, reference: plan?.reference ?? null, launchedAt: parts.clock.wallMs() };
    parts.host.watch(session);
    toy.sessions.set(name, session);
    const up = await runtime?.bringUp(session, signal, () => {});
    if (up?.state !== "ready") throw new Error(`not ready: ${JSON.stringify(up)}`);
    return session;
  }

  async function deliver(request: SendRequest, id: string): Promise<void> {
    const identity = `claude-${request.to}`;
    try {
      const session = await wake(request.to);
      const outcome = await runtime?.deliver(session, { id, text: request.text }, 1_000, signal);
      tell({ id, identity, stage: outcome?.state === "landed" ? "landed" : "failed", woke: true, reason: outcome?.state ?? "" });
    } catch (error) {
      tell({ id, identity, stage: "failed", woke: true, reason: String(error) });
    }
  }

  const refuse = async (): Promise<never> => {
    throw new Error("a toy cannot do this");
  };
  parts.host.onExit((exit) => void toy.exits.push(exit));
  return {
    start: async () => void parts.clock.after(parts.settings.superviseMs, () => {}),
    stop: async () => {},
    fenced: new Promise(() => {}),
    async send(request) {
      const id = request.id ?? parts.random.uuid("message");
      if (request.text === "throw") (undefined as unknown as { oops(): void }).oops();
      if (request.text === "unhandled") void refuse();
      void deliver(request, id);
      return tell({ id, identity: `claude-${request.to}`, stage: "accepted", woke: false });
    },
    receipt: () => null,
    settled: refuse,
    onReceipt: (listener) => void listeners.push(listener),
    async attach({ personality }) {
      const { identity, instance } = await wake(personality);
      return { identity, instance, woke: true, command: null };
    },
    ...{ attachEnd: async () => {}, launch: refuse, renew: refuse, refresh: refuse, stopPeer: refuse, startPeer: refuse, reset: refuse },
    ...{ interrupt: refuse, compact: refuse, selfFresh: async () => {}, selfDone: async () => {}, register: refuse, unregister: refuse },
    ...{ peers: refuse, peer: refuse, explain: refuse, fleet: NO_FLEET },
  };
}
