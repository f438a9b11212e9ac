/** Durable multi-step changes over the disk port: what the lifecycle writes goes through here (lifecycle §3). */

export { createStorage, type Storage } from "./storage.ts";
export { type TemporaryNames, targetOfTemporary } from "./temporary.ts";
