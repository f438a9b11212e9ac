/** Ports: everything that the lifecycle, the peers and the router may know of time, disk, processes, agents and randomness. */
export * from "./clock.ts";
export * from "./disk.ts";
export * from "./gate.ts";
export * from "./host.ts";
export * from "./random.ts";
export * from "./runtime.ts";
export * from "./telemetry.ts";
