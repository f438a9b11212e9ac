/** Explanations for people: the same for a running daemon, a line of lifecycle.log, and a moment of a scenario (lifecycle §13 `explain`). */
export { findWake, type WakeSearch } from "./find-wake.ts";
export { type ShownExplanation, shownLive, shownRecorded } from "./shown.ts";
export { explanationText, type TextOptions } from "./text.ts";
