import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { daemonHealth } from "./daemon.ts";
import { fleet } from "./fleet.ts";
import { peerLife } from "./peer.ts";
import { wakeCauses } from "./wake-causes.ts";

/** Every dashboard by the name of its file below `json/`. */
export function allDashboards(): Readonly<Record<string, Dashboard>> {
  return { "wake-causes": wakeCauses(), fleet: fleet(), peer: peerLife(), daemon: daemonHealth() };
}
