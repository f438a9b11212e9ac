/** What a message to the stub asks it to do, by markers in the text, and what the stub remembers of a request. Pure. */
import type { ToolUse } from "./events.ts";

/** The body of a request as far as the stub looks at it. */
export interface RequestBody {
  readonly model?: string;
  readonly stream?: boolean;
  readonly system?: unknown;
  readonly tools?: readonly { readonly name: string }[];
  readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
  readonly metadata?: { readonly user_id?: string };
}

export interface Script {
  /** Ms of silence before the first token: `[[silent 1500]]`. */
  readonly silentMs: number;
  /** Ms over which the text is dribbled out: `[[dribble 1500]]`. */
  readonly dribbleMs: number;
  /** HTTP status to fail with: `[[status 400]]`. */
  readonly status: number;
  /** Ask for a shell command: `[[bash sleep 1]]`. */
  readonly bash: string | null;
  /** Ask for a child agent with this prompt: `[[child look around]]`. */
  readonly child: string | null;
}

function marker(text: string, name: string): string | null {
  return new RegExp(`\\[\\[${name} ([^\\]]+)\\]\\]`).exec(text)?.[1] ?? null;
}

export function scriptOf(text: string): Script {
  return {
    silentMs: Number(marker(text, "silent") ?? 0),
    dribbleMs: Number(marker(text, "dribble") ?? 0),
    status: Number(marker(text, "status") ?? 200),
    bash: marker(text, "bash"),
    child: marker(text, "child"),
  };
}

/** The tool that the script wants to be used, out of those on offer. */
export function toolFor(script: Script, offered: readonly string[], id: string): ToolUse | null {
  if (script.bash !== null && offered.includes("Bash")) {
    return { id, name: "Bash", input: { command: script.bash, description: "asked for by the test" } };
  }
  const agent = offered.find((name) => name === "Task" || name === "Agent");
  if (script.child === null || agent === undefined) return null;
  return { id, name: agent, input: { description: "a child", prompt: script.child, subagent_type: "general-purpose" } };
}

/** Text blocks of one message's content. */
export function textsOf(content: unknown): string[] {
  if (typeof content === "string") return [content];
  if (!Array.isArray(content)) return [];
  return content.flatMap((block: { type?: string; text?: string }) => (block.type === "text" && block.text ? [block.text] : []));
}

/** Everything that stands in the user's messages of a request, without what the CLI adds about itself. */
export function userTexts(body: RequestBody): string[] {
  const texts = (body.messages ?? []).filter(({ role }) => role === "user").flatMap(({ content }) => textsOf(content));
  return texts.filter((text) => !text.startsWith("<system-reminder>"));
}

/** Does the request only hand back results of tools? Then the turn goes on and its script was played already. */
export function isToolResult(body: RequestBody): boolean {
  const content = body.messages?.at(-1)?.content;
  if (!Array.isArray(content)) return false;
  const own = content.filter((block: { text?: string }) => !block.text?.startsWith("<system-reminder>"));
  return (own.at(-1) as { type?: string } | undefined)?.type === "tool_result";
}

/** The conversation that a request belongs to, where the CLI says so. */
export function conversationOf(body: RequestBody): string | null {
  return /([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"?\}?$/.exec(body.metadata?.user_id ?? "")?.[1] ?? null;
}
