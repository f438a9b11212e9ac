import { identityOf } from "../../lib/model/identity.ts";
import type { PeerProfile } from "../../lib/model/peer.ts";
import { type ManagerFolders, profilePath, registryPath } from "../../lib/peers/index.ts";
import type { Scenario, ScenarioPeer } from "../language/scenario.ts";
import type { VirtualDisk } from "./disk.ts";

/** Where things are on the virtual disk. */
export const ROOT = "/home/sim/.iapeer";
export const MANAGER_FOLDERS: ManagerFolders = { launchd: ["/home/sim/units/launchd"], systemd: ["/home/sim/units/systemd"] };
export const folderOfPeer = (name: string): string => `/home/sim/${name}`;

/** Every identity that a peer of the scenario may have, its default one first. */
export function identitiesOf(name: string, peer: ScenarioPeer): string[] {
  return [...new Set([peer.runtime, ...peer.runtimes])].map((runtime) => identityOf(runtime, name));
}

/** Writes what is there before the daemon first starts: folders, profiles and the registry. */
export function layOut(disk: VirtualDisk, scenario: Scenario): void {
  disk.pokeFolder(ROOT);
  for (const folder of [...MANAGER_FOLDERS.launchd, ...MANAGER_FOLDERS.systemd]) disk.pokeFolder(folder);
  const registered: unknown[] = [];
  for (const [name, peer] of scenario.peers) {
    if (!peer.cwdMissing) disk.pokeFolder(folderOfPeer(name));
    if (!peer.cwdMissing && peer.registered)
      disk.poke(profilePath(folderOfPeer(name)), `${JSON.stringify(profileOf(name, peer), null, 2)}\n`);
    if (peer.registered) registered.push({ ...sharedOf(name, peer), cwd: folderOfPeer(name) });
  }
  disk.poke(registryPath(ROOT), `${JSON.stringify({ version: 2, peers: registered }, null, 2)}\n`);
}

/** Unit files of the manager that owns an identity, and of no other. */
export function writeUnits(disk: VirtualDisk, identity: string, by: "launchd" | "systemd" | "none"): void {
  const files = unitFiles(identity);
  for (const path of Object.values(files)) disk.erase(path);
  if (by !== "none") disk.poke(files[by], "");
}

function unitFiles(identity: string): Record<"launchd" | "systemd", string> {
  return {
    launchd: `${MANAGER_FOLDERS.launchd[0]}/com.iapeer.${identity}.plist`,
    systemd: `${MANAGER_FOLDERS.systemd[0]}/iapeer-peer@${identity}.service`,
  };
}

function sharedOf(name: string, peer: ScenarioPeer): Record<string, unknown> {
  const runtimes = [...new Set([peer.runtime, ...peer.runtimes])];
  const interfaces = peer.human ? { interfaces: { telegram: {} } } : {};
  return { personality: name, default_runtime: peer.runtime, runtimes, description: name, intelligence: peer.nature, ...interfaces };
}

function profileOf(name: string, peer: ScenarioPeer): Record<string, unknown> {
  const permissions: PeerProfile["permissions"] = "ask";
  return { ...sharedOf(name, peer), ...(peer.initialPrompt !== undefined && { initial_prompt: peer.initialPrompt }), permissions };
}
