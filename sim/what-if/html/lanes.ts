import { isoTime } from "../../../lib/model/time.ts";
import { escapeHtml as text } from "../../report/html/escape.ts";
import type { Outcome, Tried, WhatIf } from "../comparison.ts";
import type { LiveSpan } from "../totals.ts";

/** Pixels. */
const [WIDTH, LEFT, BAR, GAP, TOP] = [1_120, 150, 9, 12, 26];
/** More peers than this are not drawn: those with most differences are. */
const LANES = 40;

/** When each peer's sessions were alive, its own settings above, the tried ones below. */
export function lanesSvg({ log, lengthMs, startWall }: WhatIf, tried: Tried): string {
  const names = lanesOf(log, tried);
  const x = (ms: number): number => LEFT + (ms / Math.max(1, lengthMs)) * (WIDTH - LEFT);
  const height = TOP + names.length * (2 * BAR + GAP);
  const rows = names.map((name, index) => {
    const y = TOP + index * (2 * BAR + GAP);
    return [
      `<text class="name" x="0" y="${y + BAR + 4}">${text(shortened(name))}</text>`,
      `<rect class="bed" x="${LEFT}" y="${y}" width="${WIDTH - LEFT}" height="${2 * BAR + 1}"/>`,
      bars(log, name, x, y, "own"),
      bars(tried, name, x, y + BAR + 1, "tried"),
    ].join("");
  });
  return `<svg viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="When sessions were alive under ${text(log.name)} and under ${text(tried.name)}">${axis(startWall, lengthMs, x, height)}${rows.join("")}</svg>`;
}

export function lanesOmitted(whatIf: WhatIf, tried: Tried): number {
  return Math.max(0, identities(whatIf.log, tried).length - LANES);
}

function identities(log: Outcome, tried: Tried): string[] {
  return [...new Set([...log.spans, ...tried.spans].map(({ identity }) => identity))];
}

function lanesOf(log: Outcome, tried: Tried): string[] {
  const apart = new Map<string, number>();
  for (const { lane } of tried.differences) apart.set(lane, (apart.get(lane) ?? 0) + 1);
  const all = identities(log, tried).sort((left, right) => (apart.get(right) ?? 0) - (apart.get(left) ?? 0));
  return all.slice(0, LANES).sort();
}

function shortened(name: string): string {
  return name.length > 22 ? `${name.slice(0, 21)}…` : name;
}

/** Spans that no pixel lies between are one bar: a year of sessions stays a small page. */
function bars({ spans, name }: Outcome, identity: string, x: (ms: number) => number, y: number, kind: string): string {
  const merged: { from: number; until: number }[] = [];
  for (const { fromMs, untilMs } of ofIdentity(spans, identity)) {
    const [from, until] = [x(fromMs), Math.max(x(untilMs), x(fromMs) + 0.6)];
    const last = merged.at(-1);
    if (last !== undefined && from - last.until < 0.5) last.until = Math.max(last.until, until);
    else merged.push({ from, until });
  }
  const path = merged
    .map(({ from, until }) => `M${from.toFixed(1)} ${y}h${(until - from).toFixed(1)}v${BAR}h-${(until - from).toFixed(1)}z`)
    .join("");
  return path === "" ? "" : `<path class="${kind}" d="${path}"><title>${text(`${identity} under ${name}: alive`)}</title></path>`;
}

function ofIdentity(spans: readonly LiveSpan[], identity: string): LiveSpan[] {
  return spans.filter((span) => span.identity === identity).sort((left, right) => left.fromMs - right.fromMs);
}

const STEPS_H = [1 / 60, 1 / 12, 1 / 4, 1, 3, 6, 12, 24, 48, 168, 336, 720, 2_160, 8_760];

/** Ticks at whole steps of UTC, at most a dozen. */
function axis(startWall: number, lengthMs: number, x: (ms: number) => number, height: number): string {
  const stepMs = (STEPS_H.find((hours) => lengthMs / (hours * 3_600_000) <= 12) ?? 8_760) * 3_600_000;
  const first = Math.ceil(startWall / stepMs) * stepMs;
  const ticks: string[] = [];
  for (let wall = first; wall <= startWall + lengthMs; wall += stepMs) {
    const iso = isoTime(wall);
    const label = stepMs >= 86_400_000 ? iso.slice(0, 10) : `${iso.slice(5, 10)} ${iso.slice(11, 16)}`;
    const at = x(wall - startWall).toFixed(1);
    ticks.push(
      `<line class="grid" x1="${at}" x2="${at}" y1="16" y2="${height}"/><text x="${at}" y="11" text-anchor="middle">${label}</text>`,
    );
  }
  return ticks.join("");
}
