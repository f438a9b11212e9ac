/**
 * Colours by cause: cool ones resume, warm ones start fresh, red is a broken session, the rest never came up.
 * @type {Readonly<Record<string, string>>}
 */
const BY_CAUSE = {
  "idle-reaped-resume": "--cause-resume",
  "idle-reaped-human": "--cause-human",
  attach: "--cause-attach",
  "first-wake": "--cause-first",
  "idle-reaped-new-topic": "--cause-topic",
  "folder-launch": "--cause-asked",
  "self-fresh": "--cause-self",
  "soft-reload": "--cause-reload",
  "crash-or-self-close": "--cause-crash",
  "resume-rejected": "--cause-rejected",
  "crash-loop": "--cause-held",
};

/**
 * @param {string} mode
 * @param {string} cause
 */
export function causeColour(mode, cause) {
  const known = BY_CAUSE[cause];
  if (known !== undefined) return known;
  if (mode === "resume") return "--cause-resume";
  return mode === "fresh" ? "--cause-none" : "--cause-refused";
}

/**
 * The shape that stands for a mode.
 * @param {string} mode
 * @returns {"fresh" | "resume" | "refused"}
 */
export function modeLook(mode) {
  return mode === "fresh" || mode === "resume" ? mode : "refused";
}
