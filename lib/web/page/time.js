const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const MINUTE = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** The browser's clock and the daemon's may differ; what is shown goes by the daemon's. */
let ahead = 0;

/**
 * Sets the daemon's time.
 * @param {number} now
 */
export function setNow(now) {
  ahead = now - Date.now();
}

/** The daemon's time. */
export function now() {
  return Date.now() + ahead;
}

/**
 * A moment: the time of day, with the day when it is not today.
 * @param {number} at
 */
export function momentText(at) {
  const day = DAY.format(at);
  return day === DAY.format(now()) ? CLOCK.format(at) : `${day} ${CLOCK.format(at)}`;
}

/**
 * A stretch of time on a chart.
 * @param {number} from
 * @param {number} to
 */
export function stretchText(from, to) {
  return `${DAY.format(from)} ${MINUTE.format(from)}–${MINUTE.format(to)}`;
}

/** @type {readonly (readonly [number, string])[]} */
const UNITS = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "m"],
  [1_000, "s"],
];

/**
 * How long, by the two largest units.
 * @param {number} ms
 */
export function spanText(ms) {
  const whole = Math.max(0, ms);
  const first = UNITS.findIndex(([unit]) => whole >= unit);
  if (first < 0) return "0s";
  let left = whole;
  const parts = UNITS.slice(first, first + 2).flatMap(([unit, name]) => {
    const count = Math.floor(left / unit);
    left -= count * unit;
    return count > 0 ? [`${count}${name}`] : [];
  });
  return parts.join(" ");
}

/**
 * A measured duration: short ones need their fractions.
 * @param {number | null} ms
 */
export function measureText(ms) {
  if (ms === null) return "–";
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : spanText(ms);
}
