/**
 * Errors that nobody inside the daemon handled. They are failures of the run, so they are caught where Node reports them and thrown
 * out of the world's own methods; of several worlds in one program the one that moved last is to blame.
 */
export interface Failures {
  /** From here on what goes unhandled belongs to this world. */
  mine(): void;
  add(error: unknown): void;
  /** Throws the first failure that was not thrown yet. */
  throwFirst(): void;
  close(): void;
}

const open = new Set<unknown[]>();
let current: unknown[] | null = null;

function unhandled(error: unknown): void {
  current?.push(error);
}

export function createFailures(): Failures {
  const found: unknown[] = [];
  // biome-ignore lint/style/noRestrictedGlobals: the only place where Node says that a promise was rejected unheard
  const host = process;
  if (open.size === 0) host.on("unhandledRejection", unhandled);
  open.add(found);
  return {
    mine: () => {
      current = found;
    },
    add: (error) => void found.push(error),
    throwFirst() {
      if (found.length > 0) throw found.shift();
    },
    close() {
      if (!open.delete(found)) return;
      if (current === found) current = null;
      if (open.size === 0) host.off("unhandledRejection", unhandled);
    },
  };
}

/** A mistake in the code rather than something that the world did to it. */
export function isMistake(error: unknown): boolean {
  return error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError || error instanceof SyntaxError;
}
