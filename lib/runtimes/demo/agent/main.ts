/**
 * The demo agent: a small program in a terminal that behaves like an agent CLI as far as a daemon can tell (a conversation on disk, turns,
 * a composer, resume by id), so that a fleet can be tried out without any account. Run as `node main.ts --session UUID` or `--resume UUID`.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { createDisplay } from "./display.ts";
import { conversation, statusFile } from "./files.ts";
import { readInput } from "./input.ts";
import { createSession } from "./session.ts";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DEFAULT_TURN_MS = 800;

function fail(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

/** `--session UUID` (fresh) or `--resume UUID`. */
function wanted(argv: readonly string[]): { mode: "fresh" | "resume"; id: string } {
  const [flag, id = ""] = argv;
  if ((flag !== "--session" && flag !== "--resume") || !UUID.test(id)) return fail("usage: demo (--session | --resume) UUID");
  return { mode: flag === "--session" ? "fresh" : "resume", id };
}

/** Asks the daemon through the program in `IAPEER_BIN`; a script of ours is run by this same Node. */
function selfFresh(): Promise<string> {
  const program = process.env["IAPEER_BIN"];
  if (!program) return Promise.resolve("IAPEER_BIN is not set: no daemon to ask for a fresh session");
  const script = /\.[jt]s$/.test(program);
  const [file, args] = script ? [process.execPath, [program, "self-fresh"]] : [program, ["self-fresh"]];
  return new Promise((resolve) => {
    execFile(file, args, (error, stdout, stderr) =>
      resolve((error ? stderr || error.message : stdout || "a fresh session was asked for").trim()),
    );
  });
}

function main(): void {
  const { mode, id } = wanted(process.argv.slice(2));
  const cwd = process.cwd();
  const home = process.env["IAPEER_DEMO_HOME"] || join(cwd, ".iapeer", "demo");
  const talk = conversation(home, id, cwd);
  if (mode === "fresh" && talk.exists()) fail(`session ${id} exists already`);
  if (mode === "resume" && !talk.exists()) fail(`nothing to resume: ${id}`);
  if (!process.stdin.isTTY) fail("the demo agent needs a terminal");

  const status = statusFile(home, { sessionId: id, instance: process.env["IAPEER_DEMO_INSTANCE"] ?? null, cwd });
  const display = createDisplay(process.stdout);
  const leave = (code: number): void => {
    status.remove();
    display.close();
    process.exit(code);
  };
  process.stdin.setRawMode(true).setEncoding("utf8");
  display.say(`demo agent · session ${id}${mode === "resume" ? " resumed" : ""} · /help lists the commands`);
  if (mode === "resume") display.say(`● We exchanged ${talk.messages().length} messages so far.`);
  const session = createSession({
    conversation: talk,
    status,
    turnMs: Number(process.env["IAPEER_DEMO_TURN_MS"] || DEFAULT_TURN_MS),
    say: display.say,
    draw: display.draw,
    selfFresh,
    exit: leave,
    crash: () => process.exit(1),
  });
  let rest = "";
  process.stdin.on("data", (chunk) => {
    const input = readInput(rest + String(chunk));
    rest = input.rest;
    for (const event of input.events) session.handle(event);
  });
  process.stdin.on("end", () => leave(0));
  process.stdout.on("resize", session.redraw);
  process.on("SIGTERM", () => leave(143));
  process.on("SIGHUP", () => leave(129));
}

main();
