import type { Context } from "hono";

/** Reads a file of the page by its name in {@link ASSETS}; null when it is missing. */
export type ReadAsset = (name: string) => Promise<string | null>;

const SCRIPT = "text/javascript; charset=utf-8";
const STYLE = "text/css; charset=utf-8";

/** Everything that is served: names that are not here do not exist, so no path leads anywhere else. */
export const ASSETS: ReadonlyMap<string, string> = new Map([
  ["family.css", STYLE],
  ["view.css", STYLE],
  ["icon.svg", "image/svg+xml"],
  ["uPlot.esm.js", SCRIPT],
  ["uPlot.min.css", STYLE],
  ...[
    "bars.js",
    "causes.js",
    "chart.js",
    "decisions.js",
    "dom.js",
    "icon.js",
    "keys.js",
    "latency.js",
    "main.js",
    "numbers.js",
    "paint.js",
    "peers.js",
    "shapes.js",
    "stream.js",
    "theme.js",
    "time.js",
    "trouble.js",
  ].map((name) => [name, SCRIPT] as const),
]);

/** The page's own files: code and style of the program, the same for everybody. */
export async function assetAnswer(c: Context, read: ReadAsset): Promise<Response> {
  const name = c.req.param("name") ?? "";
  const type = ASSETS.get(name);
  const text = type === undefined ? null : await read(name);
  if (type === undefined || text === null) return c.notFound();
  return c.body(text, 200, { "Content-Type": type });
}
