/** One event of the stream; `id` when a client may ask to go on from it. */
export interface StreamEvent {
  readonly event: string;
  readonly data: unknown;
  readonly id?: string;
}

/** One client's place in the stream. */
export interface Subscription {
  /** The next events, waited for; null when the stream is over for this client. */
  next(): Promise<readonly StreamEvent[] | null>;
  leave(): void;
}

export interface Hub {
  readonly size: number;
  publish(event: StreamEvent): void;
  /** Begins with these events. Null when there are too many clients already. */
  join(first: readonly StreamEvent[]): Subscription | null;
  /** Ends every stream. */
  close(): void;
}

export interface HubLimits {
  readonly clients: number;
  /** Events that may wait for one client; one that does not take them is let go, and asks again from where it was. */
  readonly waiting: number;
}

/** Gives every event to every client, and waits for none of them. */
export function createHub(limits: HubLimits): Hub {
  const clients = new Set<Client>();
  return {
    get size() {
      return clients.size;
    },
    publish: (event) => {
      for (const client of [...clients]) client.put(event);
    },
    join: (first) => {
      if (clients.size >= limits.clients) return null;
      const client = createClient(first, limits.waiting, () => clients.delete(client));
      clients.add(client);
      return client;
    },
    close: () => {
      for (const client of [...clients]) client.leave();
    },
  };
}

interface Client extends Subscription {
  put(event: StreamEvent): void;
}

function createClient(first: readonly StreamEvent[], most: number, onLeave: () => void): Client {
  let queue: StreamEvent[] = [...first];
  let over = false;
  let wake: (() => void) | null = null;
  const leave = (): void => {
    over = true;
    queue = [];
    wake?.();
    onLeave();
  };
  return {
    leave,
    put: (event) => {
      if (over) return;
      queue.push(event);
      if (queue.length > most) leave();
      else wake?.();
    },
    next: async () => {
      if (queue.length === 0 && !over)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      wake = null;
      const taken = queue;
      queue = [];
      return over ? null : taken;
    },
  };
}
