import { InvalidArgumentError } from "commander";
import { parseIsoTime } from "../../lib/model/time.ts";

/** An ISO time on a command line: wall epoch ms. */
export function readTime(text: string): number {
  const at = parseIsoTime(text);
  if (at !== null) return at;
  throw new InvalidArgumentError("Accepted is an ISO time such as 2026-01-31T08:00Z.");
}

export function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("a whole number of at least 1 is wanted");
}
