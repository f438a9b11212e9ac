import { MESSAGE_LIMITS } from "../model/message.ts";

/** Why a message cannot be taken in, or null (lifecycle §10 "Limits"). Lengths count UTF-16 units, as editors and senders do. */
export function limitProblem(message: {
  readonly text: string;
  readonly topic?: string | undefined;
  readonly attachments?: readonly string[] | undefined;
}): string | null {
  const { text, topic = "", attachments = [] } = message;
  if (text.trim() === "" && attachments.length === 0) return "the message is empty";
  if (text.length > MESSAGE_LIMITS.text) return `the message has ${text.length} characters, at most ${MESSAGE_LIMITS.text} are accepted`;
  if (topic.length > MESSAGE_LIMITS.topic) return `the topic has ${topic.length} characters, at most ${MESSAGE_LIMITS.topic} are accepted`;
  if (attachments.length > MESSAGE_LIMITS.attachments)
    return `${attachments.length} attachments, at most ${MESSAGE_LIMITS.attachments} are accepted`;
  const relative = attachments.find((path) => !path.startsWith("/") || /[\r\n]/.test(path));
  return relative === undefined ? null : `attachment ${JSON.stringify(relative)} is no absolute path`;
}
