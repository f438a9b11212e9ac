/**
 * Timers in the order in which they must fire: by deadline, and those due together in the order they were set. The real and the
 * virtual clock share it, so that the promise of the `Clock` port is kept by the same lines on both sides.
 */
export interface TimerQueue<T extends QueuedTimer> {
  readonly size: number;
  /** Adds a timer, or does nothing when it is queued already. */
  add(timer: T): void;
  /** The timer that must fire next; undefined when none is queued. */
  first(): T | undefined;
  /** Takes a timer out; false when it was not queued. Costs O(log n), so that timers that are set and cancelled for months leave nothing. */
  remove(timer: T): boolean;
}

export interface QueuedTimer {
  /** Milliseconds on the clock that the queue belongs to. */
  deadline: number;
  /** Grows with every timer set: the tie-break. */
  readonly sequence: number;
}

/** An empty queue: a binary heap that knows the place of each of its members. */
export function timerQueue<T extends QueuedTimer>(): TimerQueue<T> {
  const heap: T[] = [];
  const places = new Map<T, number>();

  const put = (timer: T, place: number): void => {
    heap[place] = timer;
    places.set(timer, place);
  };
  const rise = (timer: T, from: number): void => {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !before(timer, parent)) break;
      put(parent, place);
      place = above;
    }
    put(timer, place);
  };
  const sink = (timer: T, from: number): void => {
    let place = from;
    for (;;) {
      const child = earlierChild(heap, place);
      const below = heap[child];
      if (below === undefined || !before(below, timer)) break;
      put(below, place);
      place = child;
    }
    put(timer, place);
  };

  return {
    get size() {
      return heap.length;
    },
    add(timer) {
      if (!places.has(timer)) rise(timer, heap.length);
    },
    first: () => heap[0],
    remove(timer) {
      const place = places.get(timer);
      if (place === undefined) return false;
      places.delete(timer);
      const last = heap.pop();
      if (last === undefined || last === timer) return true;
      const parent = heap[(place - 1) >> 1];
      if (place > 0 && parent !== undefined && before(last, parent)) rise(last, place);
      else sink(last, place);
      return true;
    },
  };
}

function before(a: QueuedTimer, b: QueuedTimer): boolean {
  return a.deadline !== b.deadline ? a.deadline < b.deadline : a.sequence < b.sequence;
}

function earlierChild<T extends QueuedTimer>(heap: readonly T[], place: number): number {
  const left = 2 * place + 1;
  const [a, b] = [heap[left], heap[left + 1]];
  return a !== undefined && b !== undefined && before(b, a) ? left + 1 : left;
}
