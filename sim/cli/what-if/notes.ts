import type { Tried } from "../../what-if/comparison.ts";
import type { ShardOutcome } from "./replay-shard.ts";

/** What the log cannot tell, and what follows for the figures. */
export function notesOf(outcomes: readonly ShardOutcome[], tried: readonly Tried[]): string[] {
  const missed = Math.max(0, ...tried.map((one) => one.missed));
  const sentences = new Map<string, number>();
  for (const { untold } of outcomes)
    for (const [sentence, times] of untold) sentences.set(sentence, (sentences.get(sentence) ?? 0) + times);
  const sum = (of: (outcome: ShardOutcome) => number): number => outcomes.reduce((total, one) => total + of(one), 0);
  const [memory, peers] = [sum(({ memoryUnknown }) => memoryUnknown), sum((outcome) => outcome.peers.length)];
  return [
    "a log has no lines for turns: one whose end nothing tells of is taken to have lasted as long as half of the others of its peer did, if there was time",
    "senders are taken to send the same at the same times, however long an answer takes",
    ...(memory === 0 || memory === peers
      ? []
      : [`what the sessions of ${memory} peers held is not in the log, and not counted: --memory says it`]),
    ...(missed === 0 ? [] : [`ends of sessions that are not there under other settings are left out: up to ${missed}`]),
    ...[...sentences].map(([sentence, times]) => (times === 1 ? sentence : `${sentence} (${times} times)`)),
  ];
}
