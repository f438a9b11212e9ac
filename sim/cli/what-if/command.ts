import { writeFileSync } from "node:fs";
import colors from "picocolors";
import { printable } from "../../../lib/adapters/terminal-style.ts";
import { IapeerError, reasonOf } from "../../../lib/model/errors.ts";
import { PLAIN, themeOf } from "../../report/theme.ts";
import { type WhatIf, whatIfJson } from "../../what-if/comparison.ts";
import { whatIfHtml } from "../../what-if/html/page.ts";
import type { Config, Sweep } from "../../what-if/settings.ts";
import { sweepText, whatIfText } from "../../what-if/text.ts";
import { passedOverText } from "../scan-logs.ts";
import { nothingToTry, whatIf } from "./run.ts";

export interface WhatIfOptions {
  readonly set?: Config;
  readonly sweep?: Sweep;
  readonly peer?: string;
  readonly from?: number;
  readonly to?: number;
  readonly memory?: number;
  readonly html?: string;
  readonly json?: boolean;
  readonly limit: number;
  readonly jobs: number;
}

/** A page and a JSON document hold so many differences. */
const KEPT = 1_000;

/** `iapeer what-if`; resolves with the exit status: 0 the log's own decisions come out again, 2 they do not. */
export async function whatIfRun(logs: readonly string[], options: WhatIfOptions): Promise<number> {
  const { sweep, set = {}, limit, jobs, peer, from, to } = options;
  const variants = variantsOf(set, sweep);
  const progress = progressLine();
  // Ends the threads, and what was spooled goes with the process.
  process.once("SIGINT", interrupted);
  const { whatIf: compared, scanned } = await whatIf({
    ...{ logs, variants, jobs, named: Math.max(KEPT, limit), spans: options.html !== undefined, tick: progress.tick },
    ...(options.memory !== undefined && { memoryBytes: options.memory }),
    ...(peer !== undefined && { peer }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  });
  process.off("SIGINT", interrupted);
  progress.end();
  const passedOver = passedOverText(scanned);
  if (passedOver !== null) process.stderr.write(`${printable(passedOver)}\n`);
  if (options.html !== undefined) writePage(options.html, whatIfHtml(compared, { sweep: sweep?.name ?? null }));
  print(compared, options);
  return compared.own.first === null ? 0 : 2;
}

function interrupted(): void {
  process.exit(130);
}

/** With a sweep each of its values, together with what was set. */
function variantsOf(set: Config, sweep: Sweep | undefined): Config[] {
  if (sweep !== undefined) {
    if (Object.hasOwn(set, sweep.name)) throw new IapeerError("usage", `${sweep.name} is set and swept: leave one of them out`);
    return sweep.values.map((value) => ({ ...set, [sweep.name]: value }));
  }
  if (Object.keys(set).length === 0) throw nothingToTry();
  return [set];
}

function writePage(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new IapeerError("cannot-write", `${file}: cannot be written: ${reasonOf(error)}`);
  }
}

function print(compared: WhatIf, { json, sweep, limit }: WhatIfOptions): void {
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  if (json === true) {
    write(JSON.stringify(whatIfJson(compared)));
    return;
  }
  const rich = process.stdout.isTTY === true && colors.isColorSupported;
  const options = { theme: rich ? themeOf(colors) : PLAIN, printable, shown: limit };
  const [tried] = compared.tried;
  const lines =
    sweep !== undefined ? sweepText(compared, sweep.name, options) : tried === undefined ? [] : whatIfText(compared, tried, options);
  for (const line of lines) write(line);
}

/** How far it is, on a terminal only. */
function progressLine(): { tick(done: number, all: number): void; end(): void } {
  const { stderr } = process;
  if (stderr.isTTY !== true) return { tick: () => {}, end: () => {} };
  return {
    tick: (done, all) => void stderr.write(`\r${done} of ${all} peers replayed`),
    end: () => void stderr.write("\r\u001b[K"),
  };
}
