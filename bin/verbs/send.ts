import { type Command, InvalidArgumentError } from "commander";
import { isFinal } from "../../lib/control/receipts.ts";
import { TRACE_CONTEXT } from "../../lib/model/decision.ts";
import { IapeerError } from "../../lib/model/errors.ts";
import type { Receipt } from "../../lib/model/message.ts";
import type { Context } from "../cli/context.ts";
import { printable } from "../cli/io.ts";
import { each, example, Failed, type VerbGroup } from "../cli/verb.ts";

interface SendOptions {
  readonly topic?: string;
  readonly from?: string;
  readonly id?: string;
  readonly runtime?: string;
  readonly attach?: readonly string[];
  readonly wait: boolean;
  readonly timeout: number;
  readonly json?: boolean;
}

export const sendVerb: VerbGroup = (program, contextOf) => {
  program
    .command("send <peer> [text...]")
    .summary("send a message; wakes the peer when it sleeps")
    .description("Send a message. Waits until the agent has recorded it (landed). With - the text comes from standard input.")
    .option("--topic <topic>", "a topic that the conversation does not know starts a fresh one")
    .option("--from <peer>", "the sender (inside a session: its own peer)")
    .option("--id <id>", "id of the message: repeating it sends nothing twice")
    .option("--runtime <name>", "one of several runtimes of the peer")
    .option("--attach <file>", "absolute path that goes with the message; may be repeated", each)
    .option("--no-wait", "return as soon as the message is safely taken in")
    .option("--timeout <seconds>", "wait at most this long for the landing", wholeSeconds, 300)
    .option("--json", "print the receipt as JSON")
    .addHelpText("after", example('send scout "what is new?"', "git diff | iapeer send reviewer --topic release -"))
    .action(async (peer: string, words: string[], options: SendOptions, command: Command) => {
      await send(contextOf(command), peer, words, options);
    });
};

async function send(context: Context, to: string, words: readonly string[], options: SendOptions): Promise<void> {
  const text = words.length === 1 && words[0] === "-" ? await allOf(context.io.stdin) : words.join(" ");
  if (text.trim() === "")
    throw new IapeerError("bad-message", 'there is no text: give it after the peer\'s name, or "-" for standard input');
  const from = options.from ?? context.io.env["PEER_PERSONALITY"];
  const { topic, id, runtime, attach } = options;
  const waitMs = options.wait ? options.timeout * 1000 : 0;
  const args = {
    to,
    text,
    waitMs,
    ...(from && { from }),
    ...(topic && { topic }),
    ...(id && { id }),
    ...(runtime && { runtime }),
    ...(attach && { attachments: attach }),
    ...callersSpan(context),
  };
  const onEvent = (event: unknown): void => {
    const receipt = event as Receipt;
    if (!options.json && options.wait && !isFinal(receipt)) context.err.line(context.err.style.dim(sentence(receipt)));
  };
  const receipt = await context.ask<Receipt>("send", args, { timeoutMs: waitMs + 30_000, onEvent });
  if (options.json) context.out.json(receipt);
  else context.out.line(sentence(receipt));
  if (receipt.stage === "refused" || receipt.stage === "failed") throw new Failed();
  if (options.wait && receipt.stage !== "landed") {
    context.err.line(
      `not landed within ${options.timeout} s; the message is kept and will be delivered (repeat with --id ${receipt.id} to wait on)`,
    );
    throw new Failed();
  }
}

/** A sender that is traced itself says so in the usual variable; anything else in it is not ours to judge. */
function callersSpan({ io }: Context): { trace?: string } {
  const trace = io.env["TRACEPARENT"];
  return trace !== undefined && TRACE_CONTEXT.test(trace) ? { trace } : {};
}

function sentence(receipt: Receipt): string {
  const woke = receipt.woke ? `, woke ${receipt.identity}` : "";
  return printable(`${receipt.stage} ${receipt.id}${woke}${receipt.reason ? `: ${receipt.reason}` : ""}`);
}

async function allOf(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

function wholeSeconds(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Whole seconds from 1 to 99999 are accepted.");
}
