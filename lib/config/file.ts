import type { Disk } from "../ports/disk.ts";
import { type ConfigFile, EMPTY_FILE, parseConfigFile } from "./yaml-file.ts";

/** Where an operator may write settings down (lifecycle §4). */
export function configPath(root: string): string {
  return `${root}/config.yaml`;
}

/** The settings file of a root taken apart; an absent one says nothing. */
export async function readConfigFile(disk: Disk, root: string): Promise<ConfigFile> {
  const path = configPath(root);
  const text = await disk.read(path);
  return text === null ? EMPTY_FILE : parseConfigFile(text, path);
}
