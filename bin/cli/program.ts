import { Command, CommanderError } from "commander";
import { packageVersion } from "../../lib/adapters/node-environment.ts";
import { IapeerError, reasonOf } from "../../lib/model/errors.ts";
import { attachVerb } from "../verbs/attach.ts";
import { completionVerb } from "../verbs/completion.ts";
import { daemonVerb } from "../verbs/daemon.ts";
import { doctorVerb } from "../verbs/doctor.ts";
import { explainVerb } from "../verbs/explain.ts";
import { logVerbs } from "../verbs/logs.ts";
import { peerVerbs } from "../verbs/peers.ts";
import { sendVerb } from "../verbs/send.ts";
import { sessionVerbs } from "../verbs/sessions.ts";
import { upVerb } from "../verbs/up.ts";
import { viewVerb } from "../verbs/view.ts";
import { createContext } from "./context.ts";
import { type Io, printable } from "./io.ts";
import { example, Failed, type VerbGroup } from "./verb.ts";

const VERBS: readonly VerbGroup[] = [
  upVerb,
  daemonVerb,
  peerVerbs,
  sendVerb,
  attachVerb,
  sessionVerbs,
  explainVerb,
  logVerbs,
  viewVerb,
  doctorVerb,
  completionVerb,
];

/** The whole command line, not yet run. */
export function buildProgram(io: Io): Command {
  const program = new Command("iapeer")
    .description(
      "Keeps a fleet of AI coding agents reachable: parks idle sessions, wakes them on a message, and says why it resumed or started fresh.",
    )
    .version(packageVersion(), "-V, --version")
    .option("--root <folder>", "root of the fleet (default: IAPEER_ROOT, else ~/.iapeer)")
    .exitOverride()
    .configureOutput({ writeOut: (text) => void io.stdout.write(text), writeErr: (text) => void io.stderr.write(text) })
    .showHelpAfterError("(--help says what is accepted)")
    .addHelpText("after", example("up", 'send scout "hello"', "logs -f"));
  for (const add of VERBS) add(program, (command) => createContext(io, command.optsWithGlobals<{ root?: string }>().root));
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
}

/** Runs one command line (without program names) and resolves with the exit code: 0 done, 1 failed, 2 wrong usage. */
export async function runCli(argv: readonly string[], io: Io, mount?: (program: Command) => void): Promise<number> {
  const program = buildProgram(io);
  mount?.(program);
  try {
    await program.parseAsync([...argv], { from: "user" });
    return 0;
  } catch (error) {
    return exitCode(error, io);
  }
}

function exitCode(error: unknown, io: Io): number {
  if (error instanceof Failed || io.interrupted.aborted) return 1;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const known = error instanceof IapeerError || (error instanceof Error && "code" in error && typeof error.code === "string");
  const text = known || !(error instanceof Error) ? reasonOf(error) : (error.stack ?? error.message);
  io.stderr.write(`iapeer: ${printable(text)}\n`);
  return 1;
}
