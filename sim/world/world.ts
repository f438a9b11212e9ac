import { createDaemon } from "../../lib/lifecycle/daemon.ts";
import type { CreateWorld } from "./api.ts";
import { makeWorld } from "./make-world.ts";

/** A virtual machine with the production daemon on it, as the scenario describes it. */
export const createWorld: CreateWorld = (scenario, options = {}) => makeWorld(scenario, options, createDaemon);
