/** The parts of one answer of the Messages API as server-sent events. Pure: it returns strings, the server sends them when it wants. */

export interface ToolUse {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

function event(type: string, data: Record<string, unknown>): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}

export function messageStart(id: string, model: string): string {
  const usage = { input_tokens: 10, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1 };
  const message = { id, type: "message", role: "assistant", model, content: [], stop_reason: null, stop_sequence: null, usage };
  return event("message_start", { message });
}

export function textBlock(index: number, pieces: readonly string[]): string[] {
  return [
    event("content_block_start", { index, content_block: { type: "text", text: "" } }),
    ...pieces.map((text) => event("content_block_delta", { index, delta: { type: "text_delta", text } })),
    event("content_block_stop", { index }),
  ];
}

export function toolBlock(index: number, tool: ToolUse): string[] {
  const partial_json = JSON.stringify(tool.input);
  return [
    event("content_block_start", { index, content_block: { type: "tool_use", id: tool.id, name: tool.name, input: {} } }),
    event("content_block_delta", { index, delta: { type: "input_json_delta", partial_json } }),
    event("content_block_stop", { index }),
  ];
}

export function messageEnd(stopReason: "end_turn" | "tool_use"): string[] {
  return [
    event("message_delta", { delta: { stop_reason: stopReason, stop_sequence: null }, usage: { output_tokens: 5 } }),
    event("message_stop", {}),
  ];
}
