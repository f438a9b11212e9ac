import type { Problems } from "./issues.ts";
import type { ScenarioPeer } from "./scenario.ts";
import type { RawFile } from "./schema/file.ts";

/** A peer with its defaults; a default runtime that it does not have is a problem at its place. */
export function buildPeer(name: string, raw: RawFile["peers"][string], problems: Problems): ScenarioPeer {
  const runtime = raw.runtime ?? raw.runtimes?.[0] ?? "claude";
  const runtimes = raw.runtimes ?? [runtime];
  if (!runtimes.includes(runtime))
    problems.add(["peers", name, "runtime"], `"${runtime}" is not among its runtimes: ${runtimes.join(", ")}`);
  return {
    runtime,
    runtimes,
    human: raw.human ?? false,
    nature: raw.nature ?? "artificial",
    ...(raw.initialPrompt === undefined ? {} : { initialPrompt: raw.initialPrompt }),
    cwdMissing: raw.cwd === "missing",
    managed: raw.managed ?? null,
    registered: raw.registered ?? true,
    behavior: (raw.behavior ?? {}) as ScenarioPeer["behavior"],
  };
}
