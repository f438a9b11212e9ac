import { escapeHtml as text } from "../../report/html/escape.ts";
import { hoursOf } from "../figures.ts";
import type { SweepRow } from "../sweep-rows.ts";

/** Pixels. */
const [WIDTH, LEFT, PANEL, TOP, BETWEEN] = [1_000, 60, 150, 22, 40];

/** What each value costs (hours of live sessions), and what it spares (bring-ups, resumed or fresh): two panels over the same values. */
export function tradeOffSvg(rows: readonly SweepRow[], name: string): string {
  const step = (WIDTH - LEFT) / Math.max(1, rows.length);
  const height = 2 * (TOP + PANEL) + BETWEEN;
  const most = (of: (row: SweepRow) => number): number => niceCeiling(Math.max(1, ...rows.map(of)));
  const hours = most(({ outcome }) => hoursOf(outcome.totals));
  const wakes = most(({ outcome }) => outcome.totals.wakes);
  const second = TOP + PANEL + BETWEEN;
  const columns = rows.map(({ value, now, outcome }, index) => {
    const x = LEFT + index * step + step * 0.2;
    const width = step * 0.6;
    const { resumes, fresh } = outcome.totals;
    const bar = (kind: string, base: number, from: number, amount: number, scale: number, what: string): string => {
      const [y, size] = [base + PANEL - ((from + amount) / scale) * PANEL, (amount / scale) * PANEL];
      return `<rect class="${kind}" x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${size.toFixed(1)}"><title>${text(what)}</title></rect>`;
    };
    const live = hoursOf(outcome.totals);
    return [
      bar("own", TOP, 0, live, hours, `${value}: ${live.toFixed(1)} hours of live sessions`),
      bar("tried", second, 0, resumes, wakes, `${value}: ${resumes} resumed`),
      bar("fresh", second, resumes, fresh, wakes, `${value}: ${fresh} fresh`),
      now ? `<rect class="mark" x="${(x - 4).toFixed(1)}" y="${TOP - 4}" width="${(width + 8).toFixed(1)}" height="${height - TOP}"/>` : "",
      `<text class="name" x="${(x + width / 2).toFixed(1)}" y="${TOP + PANEL + 16}" text-anchor="middle">${text(String(value))}</text>`,
      `<text class="name" x="${(x + width / 2).toFixed(1)}" y="${second + PANEL + 16}" text-anchor="middle">${text(String(value))}</text>`,
    ].join("");
  });
  const grid = [scale(TOP, hours), scale(second, wakes)].join("");
  return `<svg viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Hours of live sessions, and wakes, for each value of ${text(name)}">${grid}<text x="${LEFT}" y="12">hours of live sessions</text><text x="${LEFT}" y="${second - 10}">wakes: resumed below, fresh above</text>${columns.join("")}</svg>`;
}

function scale(top: number, most: number): string {
  return [0, 0.5, 1]
    .map((share) => {
      const y = top + PANEL - share * PANEL;
      return `<line class="grid" x1="${LEFT}" x2="${WIDTH}" y1="${y}" y2="${y}"/><text x="${LEFT - 8}" y="${y + 4}" text-anchor="end">${(most * share).toLocaleString("en-US")}</text>`;
    })
    .join("");
}

function niceCeiling(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 5, 8, 10].find((factor) => factor * unit >= value) ?? 10) * unit;
}
