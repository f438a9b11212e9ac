/** Whoever waits for everything that can run now to have run, the first to ask first. */
const waiting: (() => void)[] = [];
let boundaries = 0;

/** A turn of Node's event loop costs about as much as a safety pass: so many macrotasks are had of one. */
const PER_TURN = 32;

/**
 * Lets everything that can run now run to its end. The simulated ports answer in microtasks only, and Node empties the microtask
 * queue before the next macrotask, so one real macrotask boundary is quiescence: no virtual time passes and no real time is read.
 */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (boundaries > 0) return;
    boundaries = PER_TURN;
    // biome-ignore lint/style/noRestrictedGlobals: real macrotask boundaries, not timers; the virtual clock cannot offer one
    for (let boundary = 0; boundary < PER_TURN; boundary += 1) setImmediate(pass);
  });
}

function pass(): void {
  boundaries -= 1;
  waiting.shift()?.();
}
