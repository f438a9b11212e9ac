/** The lifecycle engine: one daemon per root, an actor per identity, pure decisions (lifecycle §1–§15). */
export * from "./api.ts";
export { createDaemon } from "./daemon.ts";
export * from "./decide/index.ts";
export { LeaseLost } from "./lease.ts";
export { parseStateFile, pathsOf, SUFFIXES } from "./state/paths.ts";
