import { WAKE_TABLE } from "./wake.ts";

/** Causes outside of the wake table, in words (lifecycle §5). */
const OTHER_CAUSES: Readonly<Record<string, string>> = {
  "resume-rejected": "the runtime refused to resume that conversation",
  "launchd-managed": "launchd owns this identity",
  "systemd-managed": "systemd owns this identity",
  stopped: "its operator stopped it",
  "crash-loop": "it died too often in a short time",
  "unknown-peer": "no such peer is registered",
  "undeclared-runtime": "its profile does not name that runtime",
  "missing-cwd": "its folder is gone",
};

const WORDS = new Map([...WAKE_TABLE.map(({ cause, condition }) => [cause, condition] as const), ...Object.entries(OTHER_CAUSES)]);
const ROWS = new Map(WAKE_TABLE.map((row) => [row.cause, row]));

/** Why a wake came out as it did, for a person; null for a cause that has no words. */
export function causeInWords(cause: string): string | null {
  return WORDS.get(cause) ?? null;
}

/** The sentence of the table's row that a wake fired, or what stood in its way; null for a cause that is not known. */
export function wakeSentence(mode: string, cause: string): string | null {
  const row = ROWS.get(cause);
  if (row !== undefined) return `Row ${row.row} of the decision table: ${row.condition} → ${row.mode}.`;
  const words = WORDS.get(cause) ?? WORDS.get(cause.replace(/-mid-wake$/, ""));
  if (words === undefined) return null;
  const when = cause.endsWith("-mid-wake") ? " (noticed while the wake was in progress)" : "";
  return mode === "refused"
    ? `Refused before the table is asked: ${words}${when}.`
    : `Outside of the decision table: ${words}${when} → ${mode}.`;
}
