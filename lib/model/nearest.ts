import { distance } from "fastest-levenshtein";

/** The known word that a mistyped one is closest to, or null when none is near enough to be meant. */
export function nearest(word: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.ceil(word.length / 3)) + 1;
  for (const candidate of known) {
    const steps = candidate.toLowerCase() === word.toLowerCase() ? 0 : distance(word.toLowerCase(), candidate.toLowerCase());
    if (steps < bestDistance && steps < Math.max(word.length, candidate.length)) [best, bestDistance] = [candidate, steps];
  }
  return best;
}
