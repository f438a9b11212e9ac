/** The demo agent as a `Runtime`: the same typing logic as for a real CLI, with files of its own as evidence. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { IapeerError, reasonOf } from "../../model/errors.ts";
import {
  type Activity,
  type BringUp,
  type Clock,
  type Disk,
  type LaunchPlan,
  type LaunchRequest,
  type Preflight,
  type PreflightRequest,
  type Runtime,
  type RuntimeSession,
  sleep,
  type Terminal,
} from "../../ports/index.ts";
import { createDigestReader } from "../digests.ts";
import { createLaunchMemory } from "../launch-memory.ts";
import { type BootTui, bringUpTui } from "../tui/bring-up.ts";
import { deliverByPaste } from "../tui/deliver.ts";
import { look } from "../tui/view.ts";
import { turnOf, untilIdle } from "../tui/watch.ts";
import { type DemoTranscript, EMPTY_DEMO_TRANSCRIPT, foldDemoTranscript, parseDemoStatus } from "./record.ts";
import { demoBoot, demoView } from "./screen.ts";

export interface DemoParts {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly disk: Disk;
  /** Absolute path of the Node program that runs the agent. */
  readonly node: string;
  /** Absolute path of the agent's main file; `demoAgentMain()` by default. */
  readonly agentMain?: string;
  /** One folder for all conversations; by default each peer keeps them in `<cwd>/.iapeer/demo`. */
  readonly home?: string;
  /** Added to every session's environment (`IAPEER_BIN`, `IAPEER_DEMO_TURN_MS`, …). */
  readonly env?: Readonly<Record<string, string>>;
}

/** The agent's main file beside this one: TypeScript from source, JavaScript in the published package. */
export function demoAgentMain(): string {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return fileURLToPath(new URL(`./agent/main.${extension}`, import.meta.url));
}

const COMPACT_MS = 10_000;

/** Where one peer's conversations and status files are, and what they say. */
interface DemoFiles {
  transcript(reference: string, cwd: string): Promise<DemoTranscript | null>;
  status(session: RuntimeSession): Promise<{ turn: Activity["turn"]; sessionId: string } | null>;
}

function demoFiles({ disk, home }: DemoParts): DemoFiles {
  const folder = (cwd: string): string => home ?? join(cwd, ".iapeer", "demo");
  const digest = createDigestReader(disk, EMPTY_DEMO_TRANSCRIPT, foldDemoTranscript);
  return {
    transcript: async (reference, cwd) => {
      const found = await digest(join(folder(cwd), `${reference}.jsonl`));
      const real = await disk.realPath(cwd).catch(() => cwd);
      return found === null || found.cwd !== real ? null : found;
    },
    status: async (session) => {
      if (session.process === null) return null;
      const path = join(folder(session.cwd), "sessions", `${session.process.pid}.json`);
      const text = await disk.read(path).catch(() => null);
      return text === null ? null : parseDemoStatus(text, session.instance);
    },
  };
}

function demoPlan(parts: DemoParts, request: LaunchRequest): LaunchPlan {
  const fresh = request.mode === "fresh";
  const reference = fresh ? request.uuid : request.reference;
  if (reference === null)
    throw new IapeerError("no-reference", `${request.identity}: a resume of the demo agent needs the id of a conversation`);
  const home = parts.home === undefined ? {} : { IAPEER_DEMO_HOME: parts.home };
  return {
    argv: [parts.node, parts.agentMain ?? demoAgentMain(), fresh ? "--session" : "--resume", reference],
    env: { ...parts.env, ...home, IAPEER_DEMO_INSTANCE: request.instance },
    reference,
  };
}

async function preflight(parts: DemoParts, request: PreflightRequest): Promise<Preflight> {
  const main = parts.agentMain ?? demoAgentMain();
  try {
    if ((await parts.disk.stat(request.cwd))?.kind !== "folder") return { ok: false, reason: `demo: no folder ${request.cwd}` };
    if ((await parts.disk.stat(main))?.kind !== "file") return { ok: false, reason: `demo: no agent at ${main}` };
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: `demo: ${reasonOf(error)}` };
  }
}

/** Types the command key by key: a pasted one would be a message. */
async function compactDemo(tui: BootTui, files: DemoFiles, session: RuntimeSession, signal: AbortSignal): Promise<boolean> {
  const count = async (): Promise<number> => (await files.transcript(session.reference ?? "", session.cwd))?.compactions ?? 0;
  await untilIdle(tui, session, signal);
  const before = await count();
  if (signal.aborted || (await look(tui, session)).composer.state !== "empty") return false;
  await tui.terminal.keys(session, ..."/compact", "Enter");
  const until = tui.clock.monoMs() + COMPACT_MS;
  while (!signal.aborted && tui.clock.monoMs() < until) {
    if ((await count()) > before) return true;
    await sleep(tui.clock, 100, signal);
  }
  return false;
}

async function activity(tui: BootTui, files: DemoFiles, session: RuntimeSession): Promise<Activity> {
  const turn = await turnOf(tui, session);
  const known = await files.transcript(session.reference ?? "", session.cwd).catch(() => null);
  const sign = known?.lastSignMs ?? null;
  return sign === null || sign < session.launchedAt
    ? { turn, lastSignMs: null, signal: "none" }
    : { turn, lastSignMs: sign, signal: "transcript" };
}

/** The adapter of the agent that ships with the project. */
export function demoRuntime(parts: DemoParts): Runtime {
  const files = demoFiles(parts);
  const launches = createLaunchMemory();
  const canResume = (reference: string, cwd: string): Promise<boolean | "unknown"> =>
    files.transcript(reference, cwd).then(
      (known) => known !== null,
      () => "unknown" as const,
    );
  const landedAt = async (session: RuntimeSession, id: string): Promise<number | null> =>
    (await files.transcript(session.reference ?? "", session.cwd))?.landed.get(id) ?? null;
  const gone = async (session: RuntimeSession, reason: string): Promise<BringUp> => {
    const resumed = launches.get(session.instance)?.mode === "resume" ? session.reference : null;
    const nothing = resumed !== null && (await canResume(resumed, session.cwd)) === false;
    return nothing ? { state: "resume-rejected", reason: `nothing to resume: ${resumed}` } : { state: "failed", reason };
  };
  const reference = async (session: RuntimeSession): Promise<string | null> =>
    (await files.status(session))?.sessionId ?? session.reference;
  const tui: BootTui = {
    clock: parts.clock,
    terminal: parts.terminal,
    view: demoView,
    turn: async (session) => (await files.status(session))?.turn ?? "unknown",
    landedAt,
    boot: (_session, screen) => demoBoot(screen),
    gone,
    reference,
  };
  return {
    name: "demo",
    preflight: (request) => preflight(parts, request),
    canResume,
    plan: (request) => {
      launches.remember(request);
      return demoPlan(parts, request);
    },
    bringUp: (session, signal, onBlocked) => bringUpTui(tui, session, signal, onBlocked),
    deliver: (session, message, withinMs, signal) => deliverByPaste(tui, session, message, withinMs, signal),
    hasLanded: (session, id) =>
      landedAt(session, id).then(
        (at) => at !== null,
        () => "unknown" as const,
      ),
    activity: (session) => activity(tui, files, session),
    settled: (session, signal) => untilIdle(tui, session, signal),
    reference,
    interrupt: (session) => parts.terminal.keys(session, "Escape"),
    compact: (session, signal) => compactDemo(tui, files, session, signal),
  };
}
