/** Topics of a conversation (lifecycle §5): compared after trimming, newest last, at most this many. */
export const MAX_TOPICS = 16;

/** Null for a message without a topic. */
export function normaliseTopic(topic: string | null | undefined): string | null {
  const trimmed = topic?.trim() ?? "";
  return trimmed === "" ? null : trimmed;
}

/** A fresh launch resets the set to the incoming topic; a resume and a delivery add to it; a message without a topic erases nothing. */
export function topicsAfter(mode: "fresh" | "resume" | "live", known: readonly string[], topic: string | null): readonly string[] {
  const kept = mode === "fresh" ? [] : known;
  if (topic === null) return kept;
  return [...kept.filter((other) => other !== topic), topic].slice(-MAX_TOPICS);
}
