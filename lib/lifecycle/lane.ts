/** One writer per peer: tasks of a lane run one after another, in the order they came (architecture rule 2). */
export interface Lane {
  run<T>(task: () => Promise<T>): Promise<T>;
}

export function createLane(): Lane {
  let tail: Promise<unknown> = Promise.resolve();
  return {
    run: (task) => {
      const result = tail.then(task);
      tail = result.catch(() => {});
      return result;
    },
  };
}

/** A bounded number of bring-ups at a time, first come first served (lifecycle §9). */
export interface Slots {
  /** Resolves with the function that gives the slot back (idempotent). */
  acquire(): Promise<() => void>;
}

export function createSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return {
    acquire: async () => {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      let given = false;
      return () => {
        if (!given) release();
        given = true;
      };
    },
  };
}
