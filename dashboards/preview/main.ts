/**
 * Draws the committed dashboards with the data of a real Prometheus: one page and one picture each. A preview of queries, units, colours and
 * layout; only Grafana draws what Grafana draws.
 *
 *   npm run dashboards:preview -- --prometheus http://127.0.0.1:9090 --out pictures [--from 2026-01-01T00:00Z] [--to …] [--peer scout] [--only fleet]
 */
import { parseArgs } from "node:util";
import { BOARD_NAMES, drawPictures } from "./pictures.ts";

const { values } = parseArgs({
  options: {
    prometheus: { type: "string", default: "http://127.0.0.1:9090" },
    out: { type: "string", default: "dashboards-preview" },
    from: { type: "string" },
    to: { type: "string" },
    job: { type: "string", default: ".+" },
    peer: { type: "string" },
    scrape: { type: "string", default: "15s" },
    only: { type: "string", multiple: true },
  },
});

function moment(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new Error(`"${text}" is no time such as 2026-01-01T00:00Z`);
  return ms / 1000;
}

function wanted(): readonly string[] {
  const unknown = values.only?.find((name) => !BOARD_NAMES.includes(name));
  if (unknown !== undefined) throw new Error(`--only ${unknown}: known are ${BOARD_NAMES.join(", ")}`);
  return values.only ?? BOARD_NAMES;
}

try {
  const { from, to, only: _, ...rest } = values;
  await drawPictures({
    ...rest,
    from: moment(from),
    to: moment(to),
    boards: wanted(),
    say: (path) => void process.stdout.write(`${path}\n`),
  });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
