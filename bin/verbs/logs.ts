import { type Command, InvalidArgumentError } from "commander";
import { formatLine, type LogRecord, parseRecord, readLog } from "../../lib/log/index.ts";
import { parseIsoTime } from "../../lib/model/time.ts";
import type { Context } from "../cli/context.ts";
import { decisionText } from "../cli/decision-view.ts";
import { commaList, example, type VerbGroup } from "../cli/verb.ts";
import { readWhen, timeOf, type When } from "../cli/when.ts";

interface LogOptions {
  readonly follow?: boolean;
  readonly json?: boolean;
  readonly peer?: string;
  readonly ev?: readonly string[];
  readonly since?: When;
  readonly lines: number;
}

export const logVerbs: VerbGroup = (program, contextOf) => {
  program
    .command("logs")
    .summary("every decision, with its cause")
    .description(
      "Every decision from lifecycle.log, oldest first. Works without a daemon; -f needs one. Piped, lines come as they stand in the file.",
    )
    .option("-f, --follow", "go on with each decision as it is made")
    .option("--peer <name>", "one peer or one identity")
    .option("--ev <events>", "only these events, with commas: wake,launch,supervise,exit,deliver", commaList)
    .option("--since <when>", "only from then on: 90s, 10m, 2h, 3d or an ISO time", readWhen)
    .option("-n, --lines <count>", "at most this many of the newest", readCount, 200)
    .option("--json", "one JSON object per decision")
    .addHelpText("after", example("logs --peer scout --since 1h", "logs -f --ev wake,exit"))
    .action((options: LogOptions, command: Command) => logs(contextOf(command), options));
  program
    .command("events")
    .summary("each decision as it is made, as JSON lines")
    .description("The same as logs -f --json -n 0.")
    .option("--peer <name>", "one peer or one identity")
    .option("--ev <events>", "only these events, with commas", commaList)
    .addHelpText("after", example("events --ev wake | jq .cause"))
    .action((options: Pick<LogOptions, "peer" | "ev">, command: Command) =>
      logs(contextOf(command), { ...options, follow: true, json: true, lines: 0 }),
    );
};

async function logs(context: Context, options: LogOptions): Promise<void> {
  const wanted = filter(context, options);
  if (!options.follow) return printAll(context, options, await history(context, options, wanted));
  // What is decided while the file is read arrives twice: once in the file, once as an event.
  const held: LogRecord[] = [];
  let seen: Set<string> | null = null;
  const onEvent = (event: unknown): void => {
    const { line } = event as { line?: string };
    const record = line === undefined ? null : parseRecord(line);
    if (record === null || !wanted(record)) return;
    if (seen === null) held.push(record);
    else printAll(context, options, [record]);
  };
  const listening = Promise.withResolvers<void>();
  const stream = context.ask(
    "events",
    {},
    { timeoutMs: 0, onEvent: (event) => ("listening" in (event as object) ? listening.resolve() : onEvent(event)) },
  );
  await Promise.race([listening.promise, stream]);
  const past = await history(context, options, wanted);
  printAll(context, options, past);
  seen = new Set(past.map(formatLine));
  printAll(
    context,
    options,
    held.filter((record) => !seen?.has(formatLine(record))),
  );
  await stream.catch((error: unknown) => {
    if (!context.io.interrupted.aborted) throw error;
  });
}

async function history(context: Context, options: LogOptions, wanted: (record: LogRecord) => boolean): Promise<LogRecord[]> {
  if (options.lines === 0) return [];
  const { records, damaged } = await readLog(context.disk, `${context.root}/logs/iapeer`);
  if (damaged > 0) context.err.line(context.err.style.warn(`${damaged} damaged lines were passed over`));
  return records.filter(wanted).slice(-options.lines);
}

function filter(context: Context, options: LogOptions): (record: LogRecord) => boolean {
  const { peer, ev, since } = options;
  const from = since === undefined ? null : timeOf(since, context.clock.wallMs());
  return (record) =>
    (ev === undefined || ev.includes(record.ev)) &&
    (peer === undefined || concerns(record, peer)) &&
    (from === null || (parseIsoTime(record.ts) ?? 0) >= from);
}

function concerns(record: LogRecord, peer: string): boolean {
  const identity = record["identity"] ?? "";
  return [identity, identity.slice(identity.indexOf("-") + 1), record["personality"], record["to"]].includes(peer);
}

function printAll(context: Context, options: LogOptions, records: readonly LogRecord[]): void {
  for (const record of records) {
    if (options.json) context.out.json(record);
    else context.out.line(context.out.style.rich ? decisionText(record, context.out.style) : formatLine(record));
  }
}

function readCount(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("A whole number is accepted.");
}
