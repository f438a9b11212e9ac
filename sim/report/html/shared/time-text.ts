/** A virtual time as a reader of a ruler wants it: `0:03.12`, `1:00:23`, `2d 4:00:00`; milliseconds only where there are some. */
export function clockText(ms: number): string {
  const whole = Math.round(ms);
  const [days, hours, minutes] = [Math.floor(whole / 86_400_000), Math.floor(whole / 3_600_000) % 24, Math.floor(whole / 60_000) % 60];
  const seconds = String(Math.floor(whole / 1_000) % 60).padStart(2, "0");
  const rest = whole % 1_000;
  const fraction = rest === 0 ? "" : `.${String(rest).padStart(3, "0").replace(/0+$/, "")}`;
  const clock = days + hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}` : String(minutes);
  return `${days > 0 ? `${days}d ` : ""}${clock}:${seconds}${fraction}`;
}

/** A duration in its two largest units: `1h59m`, `20s`, `3.1s`, `50ms`. */
export function spanText(ms: number): string {
  const whole = Math.round(ms);
  if (whole < 1_000) return `${whole}ms`;
  if (whole < 60_000) return `${Number((whole / 1_000).toFixed(whole < 10_000 ? 1 : 0))}s`;
  const units: readonly (readonly [string, number])[] = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1_000],
  ];
  const first = units.findIndex(([, size]) => whole >= size);
  const [large, small] = [units[first], units[first + 1]];
  if (large === undefined) return "0s";
  const rest = small === undefined ? 0 : Math.floor((whole % large[1]) / small[1]);
  return `${Math.floor(whole / large[1])}${large[0]}${rest === 0 || small === undefined ? "" : `${rest}${small[0]}`}`;
}
