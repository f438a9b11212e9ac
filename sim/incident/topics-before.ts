import { MAX_TOPICS, normaliseTopic } from "../../lib/lifecycle/decide/topics.ts";
import type { Life } from "./lives.ts";
import { field, type LogLine, wholeIn } from "./log-line.ts";

/**
 * Topics that a conversation had before a log begins: a wake line tells how many there are, not which. What comes later tells: a topic that
 * is known at a wake, or after whose landing there are not more of them, was among them.
 */
export interface TopicsBefore {
  /** Those of the time before, nameless ones among them. */
  readonly before: string[];
  /** Others that landed since. */
  readonly since: Set<string>;
  /** Of these, the ones that no wake line has counted yet. */
  uncounted: string[];
}

export function topicsBefore(names: readonly string[]): TopicsBefore {
  return { before: [...names], since: new Set(), uncounted: [] };
}

export function unnamed(count: number, from = 1): string[] {
  return Array.from({ length: Math.max(0, Math.min(MAX_TOPICS, count)) }, (_, index) => `${NAMELESS}${from + index} of the time before)`);
}

const NAMELESS = "(topic ";

export function noteLanding({ topicsBefore: known }: Life, topic: string | null): void {
  if (known === null || topic === null || known.before.includes(topic) || known.since.has(topic)) return;
  known.since.add(topic);
  known.uncounted.push(topic);
}

/** A wake line: how many topics the conversation has by now, and whether the message's own is one of them. */
export function noteCount(life: Life, line: LogLine): void {
  const known = life.topicsBefore;
  const count = wholeIn(line, "topics", 0, MAX_TOPICS - 1);
  if (known === null) return;
  if (count !== null) agree(known, count);
  const topic = normaliseTopic(field(line, "topic"));
  if (topic !== null && field(line, "known") === "true" && count !== 0 && !known.since.has(topic)) nameOne(known, topic);
  if (field(line, "mode") === "fresh") life.topicsBefore = null;
  else noteLanding(life, topic);
}

/** So many there are: some that landed since were among them, or there were more than was thought. */
function agree(known: TopicsBefore, count: number): void {
  const { before, since, uncounted } = known;
  for (const topic of uncounted) {
    if (before.length + since.size <= count) break;
    if (nameOne(known, topic)) since.delete(topic);
  }
  before.push(...unnamed(count - before.length - since.size, before.length + 1));
  known.uncounted = [];
}

function nameOne({ before }: TopicsBefore, topic: string): boolean {
  const at = before.findIndex((name) => name.startsWith(NAMELESS));
  if (at < 0 || before.includes(topic)) return false;
  before[at] = topic;
  return true;
}
