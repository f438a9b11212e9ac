import { realpathSync } from "node:fs";
import { relative } from "node:path";
import { findOnPath } from "../../lib/adapters/node-environment.ts";
import type { Io } from "./io.ts";

/** How this very program is called from the same folder, with the root it uses: for hints that can be copied. */
export function selfCommand(io: Pick<Io, "env" | "cwd">, root: string, mainFile: string): string {
  const place = relative(io.cwd, root);
  const shownRoot = place !== "" && !place.startsWith("..") ? place : root;
  return `${programName(io, mainFile)} --root ${quoted(shownRoot)}`;
}

function programName(io: Pick<Io, "env" | "cwd">, mainFile: string): string {
  if (["start", "iapeer"].includes(io.env["npm_lifecycle_event"] ?? "")) return "npm run -s iapeer --";
  if (!mainFile.endsWith(".ts")) return "iapeer";
  // The `node` of the PATH may be too old to run us; then the one that does is named.
  const node = findOnPath("node", io.env);
  const same = node !== null && realpathSync(node) === realpathSync(process.execPath);
  const shown = relative(io.cwd, mainFile);
  return `${same ? "node" : quoted(process.execPath)} ${quoted(shown.startsWith("..") ? mainFile : shown)}`;
}

/** One word for a shell. */
export function quoted(text: string): string {
  return /^[A-Za-z0-9_./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
