/**
 * Delta debugging (Zeller's ddmin, on complements): the items that are left when none of them can be left out any more, in their order. Asks
 * only about proper subsequences; whoever asks says no once its budget is spent, and then what was found so far comes back. Deterministic.
 */
export async function ddmin<T>(items: readonly T[], holds: (kept: readonly T[]) => Promise<boolean>): Promise<readonly T[]> {
  if (items.length === 0 || (await holds([]))) return [];
  let kept = items;
  let parts = 2;
  while (kept.length > 1) {
    const without = await firstThatHolds(kept, Math.min(parts, kept.length), holds);
    if (without !== null) {
      kept = without;
      parts = Math.max(2, parts - 1);
    } else if (parts >= kept.length) break;
    else parts *= 2;
  }
  return kept;
}

/** The items without the first of so many parts that can be left out; null when each of them is needed. */
async function firstThatHolds<T>(
  items: readonly T[],
  parts: number,
  holds: (kept: readonly T[]) => Promise<boolean>,
): Promise<readonly T[] | null> {
  const bounds = Array.from({ length: parts + 1 }, (_, part) => Math.floor((part * items.length) / parts));
  for (let part = 0; part < parts; part += 1) {
    const without = [...items.slice(0, bounds[part]), ...items.slice(bounds[part + 1])];
    if (await holds(without)) return without;
  }
  return null;
}
