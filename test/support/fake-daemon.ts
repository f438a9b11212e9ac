import type { Daemon, PeerStatus } from "../../lib/lifecycle/api.ts";
import { NO_FLEET } from "../../lib/lifecycle/fleet.ts";
import { IapeerError } from "../../lib/model/errors.ts";
import type { Receipt } from "../../lib/model/message.ts";

/** A daemon that only remembers what it was asked; each method may be replaced. */
export interface FakeDaemon extends Daemon {
  readonly calls: (readonly [method: string, ...args: unknown[]])[];
  /** Changes a message's receipt, as a delivery would. */
  settle(receipt: Receipt): void;
}

export const SCOUT: PeerStatus = {
  personality: "scout",
  identity: "demo-scout",
  runtime: "demo",
  kind: "executor",
  state: "asleep",
  instance: null,
  pid: null,
  parked: true,
  deaths: 0,
  topics: ["weather"],
  inbox: [],
  heldForSecs: null,
  lastWake: null,
  managedBy: null,
  activity: null,
  idleSecs: null,
  cwd: "/home/scout",
};

export function fakeDaemon(changes: Partial<Daemon> = {}): FakeDaemon {
  const calls: FakeDaemon["calls"] = [];
  const listeners: ((receipt: Receipt) => void)[] = [];
  const receipts = new Map<string, Receipt>();
  const settled = new Map<string, PromiseWithResolvers<Receipt>>();
  const note =
    <T>(method: string, result: T) =>
    async (...args: unknown[]): Promise<T> => {
      calls.push([method, ...args]);
      return result;
    };
  const waiter = (id: string): PromiseWithResolvers<Receipt> => {
    const known = settled.get(id) ?? Promise.withResolvers<Receipt>();
    settled.set(id, known);
    return known;
  };
  const put = (receipt: Receipt): void => {
    receipts.set(receipt.id, receipt);
    for (const listener of listeners) listener(receipt);
  };
  const wake = { identity: "demo-scout", instance: "i1", mode: "fresh", cause: "folder-launch" } as const;
  return {
    calls,
    fleet: NO_FLEET,
    settle: (receipt) => {
      put(receipt);
      waiter(receipt.id).resolve(receipt);
    },
    start: note("start", undefined),
    stop: note("stop", undefined),
    fenced: new Promise(() => {}),
    send: async (request) => {
      calls.push(["send", request]);
      const receipt: Receipt = { id: request.id ?? "m", identity: "demo-scout", stage: "accepted", woke: false };
      put(receipt);
      return receipt;
    },
    receipt: (id) => receipts.get(id) ?? null,
    settled: (id) => waiter(id).promise,
    onReceipt: (listener) => void listeners.push(listener),
    attach: note("attach", { identity: "demo-scout", instance: "i1", woke: true, command: ["true"] }),
    attachEnd: note("attachEnd", undefined),
    launch: note("launch", wake),
    renew: note("renew", wake),
    refresh: note("refresh", undefined),
    stopPeer: note("stopPeer", undefined),
    startPeer: note("startPeer", undefined),
    reset: note("reset", undefined),
    interrupt: note("interrupt", undefined),
    compact: note("compact", true),
    selfFresh: note("selfFresh", undefined),
    selfDone: note("selfDone", undefined),
    register: note("register", undefined),
    unregister: note("unregister", undefined),
    peers: note("peers", [SCOUT]),
    peer: async (ref) => {
      if (ref.personality !== "scout") throw new IapeerError("unknown-peer", `no peer is called "${ref.personality}"`);
      return SCOUT;
    },
    explain: async () => {
      throw new IapeerError("unknown-peer", "nothing to explain");
    },
    ...changes,
  };
}
