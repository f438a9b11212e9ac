/**
 * Lets everything that can run now run to its end. The simulated ports answer in microtasks only, and Node empties the microtask
 * queue before the next macrotask, so one real macrotask boundary is quiescence: no virtual time passes and no real time is read.
 */
export function settle(): Promise<void> {
  // biome-ignore lint/style/noRestrictedGlobals: a real macrotask boundary, not a timer; the virtual clock cannot offer one
  return new Promise((resolve) => setImmediate(resolve));
}
