import { span } from "../../lib/explain/words.ts";
import { isoTime } from "../../lib/model/time.ts";
import { recordText } from "../expect/record-text.ts";
import type { WhatIf } from "./comparison.ts";

/** What was replayed, and whether the comparison stands on firm ground: sentences for every report. */
export interface Summary {
  readonly what: string;
  readonly reproduces: boolean;
  readonly verdict: string;
  /** Where the replay under the own settings first parts from the log. */
  readonly sides: readonly string[];
}

export function summaryOf({ logs, lines, noun, peers, startWall, lengthMs, own }: WhatIf): Summary {
  const whom = `${lines.toLocaleString("en-US")} ${noun} of ${logs.join(", ")}: ${peers === 1 ? "one peer" : `${peers} peers`}`;
  const what = `${whom}, ${isoTime(startWall)} to ${isoTime(startWall + lengthMs)} (${span(lengthMs, "passed")})`;
  const { decisions, same, maxApartMs, parted, first } = own;
  const [all, agreed] = [decisions.toLocaleString("en-US"), same.toLocaleString("en-US")];
  if (first === null) {
    const verdict = `under its own settings all ${all} decisions come out again, at most ${maxApartMs} ms apart`;
    return { what, verdict, reproduces: true, sides: [] };
  }
  const side = (name: string, one: typeof first.expected): string =>
    `${name}  ${one === null ? "nothing more" : `${isoTime(startWall + one.atMs)}  ${recordText(one.record)}`}`;
  const verdict = `under its own settings ${agreed} of ${all} decisions come out again; ${parted} of the peers part from the log, first ${first.lane}:`;
  return { what, verdict, reproduces: false, sides: [side("log   ", first.expected), side("replay", first.actual)] };
}

/** What a comparison is worth that does not reproduce its log. */
export const UNFOUNDED =
  "an input that the log does not hold, or a defect: what follows compares two replays, and holds for the log as far as they agree with it";
