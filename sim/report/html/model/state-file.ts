import { parseStateFile } from "../../../../lib/lifecycle/state/paths.ts";

/** Where the lifecycle files lie, under the root (lifecycle §3). */
export const STATE_FOLDER = "/state/lifecycle";

/** Identity and suffix of a lifecycle file; null for any other path. */
export function stateFile(path: string): ReturnType<typeof parseStateFile> {
  const slash = path.lastIndexOf("/");
  return `/${path.slice(0, slash)}`.endsWith(STATE_FOLDER) ? parseStateFile(path.slice(slash + 1)) : null;
}
