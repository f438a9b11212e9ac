/**
 * iapeer as a library: the lifecycle engine over its ports, the real adapters, and the log.
 *
 * @example
 * const daemon = createDaemon(parts); // DaemonParts: clock, disk, host, runtimes, telemetry, …
 * await daemon.start();
 * const receipt = await daemon.send({ to: "scout", text: "hello", topic: "audit" });
 */
export { nodeClock } from "./adapters/clock.ts";
export { nodeDisk } from "./adapters/disk.ts";
export { holderAlive, selfIdentity } from "./adapters/process/index.ts";
export { nodeRandom } from "./adapters/random.ts";
export { tmuxHost } from "./adapters/tmux/index.ts";
export { readSettings } from "./config/index.ts";
export * from "./lifecycle/index.ts";
export { formatLine, parseLine, readLog } from "./log/index.ts";
export * from "./model/decision.ts";
export * from "./model/errors.ts";
export * from "./model/identity.ts";
export * from "./model/message.ts";
export * from "./model/peer.ts";
export * from "./model/settings.ts";
export { peerDirectory, unitFileManagers } from "./peers/index.ts";
export * from "./ports/index.ts";
export { findAgentClis, runtimeCatalogue } from "./runtimes/index.ts";
export { createStorage } from "./storage/index.ts";
