import { InvalidArgumentError } from "commander";
import { parseIsoTime } from "../../lib/model/time.ts";

/** An ISO time on a command line: wall epoch ms. */
export function readTime(text: string): number {
  const at = parseIsoTime(text);
  if (at !== null) return at;
  throw new InvalidArgumentError("Accepted is an ISO time such as 2026-01-31T08:00Z.");
}
