import type { LogRecord } from "../../log/index.ts";

/** What one record adds to the charts. */
export type Measure =
  | { readonly kind: "wake"; readonly mode: string; readonly cause: string }
  | { readonly kind: "crash" }
  /** Message accepted → READY, by how the peer came up. */
  | { readonly kind: "woken"; readonly mode: string; readonly ms: number }
  | { readonly kind: "launched"; readonly ms: number }
  | { readonly kind: "delivered"; readonly ms: number };

/** Reads the records in their order and pairs what belongs together. */
export interface Meter {
  read(at: number, record: LogRecord): Measure[];
}

interface Pending {
  readonly mode: string;
  readonly id: string | undefined;
  readonly readyAt: number | null;
}

/**
 * No line says how long a sender waited for READY, but three do together: the wake names the message that asked for it, the launch says when
 * it was READY, and the delivery of that message says how long ago it had been accepted.
 */
export function createMeter(): Meter {
  const pending = new Map<string, Pending>();
  const readers: Readonly<Record<string, (at: number, record: LogRecord) => Measure[]>> = {
    wake: (_at, { identity, mode = "none", cause = "none", id }) => {
      if (identity !== undefined && (mode === "fresh" || mode === "resume")) pending.set(identity, { mode, id, readyAt: null });
      return [{ kind: "wake", mode, cause }];
    },
    launch: (at, { identity = "", outcome, ms }) => {
      const begun = pending.get(identity);
      if (begun !== undefined && outcome === "ready") pending.set(identity, { ...begun, readyAt: at });
      return outcome === "ready" && ms !== undefined ? [{ kind: "launched", ms: Number(ms) }] : [];
    },
    deliver: (at, { to = "", id, stage, ms }) => {
      if (stage !== "landed" || ms === undefined) return [];
      const begun = pending.get(to);
      const delivered: Measure = { kind: "delivered", ms: Number(ms) };
      if (begun === undefined || begun.readyAt === null || id === undefined || begun.id !== id) return [delivered];
      pending.delete(to);
      return [delivered, { kind: "woken", mode: begun.mode, ms: Math.max(0, begun.readyAt - (at - Number(ms))) }];
    },
    exit: (_at, { identity = "", class: end }) => {
      pending.delete(identity);
      return end === "crash" || end === "boot-failed" ? [{ kind: "crash" }] : [];
    },
  };
  return { read: (at, record) => readers[record.ev]?.(at, record) ?? [] };
}
