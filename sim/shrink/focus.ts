import type { Failure } from "../expect/index.ts";
import type { Scenario } from "../language/scenario.ts";
import { type Path, removeAll } from "./document.ts";
import { removeTimeline } from "./remove.ts";
import type { Search } from "./search.ts";

/**
 * What comes after the failure, and whatever else is expected, hardly ever matters: left out in a step or two, before the search proper, because
 * runs of an imported incident are long.
 */
export async function focusOn(search: Search, { timeline }: Scenario, failure: Failure | null): Promise<void> {
  const at = failure === null ? -1 : timeline.findLastIndex(({ place }) => place.line <= failure.place.line);
  const entry = timeline[at];
  if (entry === undefined || entry.expect === null) return;
  await search.attempt((document) => {
    removeTimeline(
      document,
      timeline.flatMap((_entry, index) => (index > at ? [index] : [])),
    );
    document.delete("until");
  });
  await search.attempt((document) => {
    const others = timeline.flatMap((_entry, index): Path[] => (index === at ? [] : [["timeline", index, "expect"]]));
    removeAll(
      document,
      [...others, ["expect"], ["eventually"], ["never"]].filter((path) => document.hasIn(path)),
    );
  });
}
