/**
 * One self-contained page for one run: a timeline of every peer, decisions with their facts, the state "as of" any moment, failures at their
 * place. `model/` makes plain data of a run, `shared/` is used here and in the browser, `page/` is the page's own script and style, which
 * stand in `page-assets.ts` as text (its test makes it anew).
 */
import { formatDuration } from "../../language/duration.ts";
import { jsonForScript, escapeHtml as text } from "./escape.ts";
import type { HtmlRun } from "./input.ts";
import { buildModel } from "./model/build.ts";
import { PAGE_SCRIPT, PAGE_SCRIPT_DIGEST, PAGE_STYLE } from "./page-assets.ts";
import { SKELETON } from "./skeleton.ts";

export type { HtmlEntry, HtmlFailure, HtmlPlace, HtmlRun, HtmlScenario, HtmlTimelineEntry } from "./input.ts";

/**
 * The page of a run as one HTML text, to be written to a file. Pure. It loads nothing: its policy forbids every request, and every script
 * but its own. A run without a trace (an invalid file) shows its problems.
 *
 * @example
 * await writeFile("run.html", renderHtml(await runScenario(scenario, { createWorld })));
 */
export function renderHtml(run: HtmlRun): string {
  const body = run.trace === null ? `<main>${problems(run)}</main>` : drawing(run);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${text(`${run.verdict}: ${titleOf(run)}`)}</title>
<link rel="icon" href="data:,">
<style>${PAGE_STYLE}</style>
</head>
<body>
${header(run)}
${body}
</body>
</html>
`;
}

const POLICY = `default-src 'none'; script-src 'sha256-${PAGE_SCRIPT_DIGEST}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;

function drawing(run: HtmlRun): string {
  return `${problems(run)}
${SKELETON}
<noscript><p>This page draws its timeline with a script of its own; without scripts there is only this head.</p></noscript>
<script type="application/json" id="model">${jsonForScript(buildModel(run))}</script>
<script>${PAGE_SCRIPT}</script>`;
}

function header(run: HtmlRun): string {
  const about = run.scenario?.about ?? "";
  const facts: [string, string][] = [["virtual time", formatDuration(run.virtualMs)]];
  if (run.scenario !== null) facts.push(["seed", String(run.scenario.seed)]);
  if (run.traceHash) facts.push(["trace", run.traceHash.slice(0, 12)]);
  return `<header class="top">
<div class="titles">
<p class="kicker">iapeer sim · ${text(run.file)}</p>
<h1>${text(titleOf(run))}</h1>
${about === "" ? "" : `<p class="about">${text(about)}</p>`}
</div>
<div class="summary">
<span class="verdict verdict-${run.verdict}">${run.verdict}</span>
<dl>${facts.map(([key, value]) => `<div><dt>${text(key)}</dt><dd>${text(value)}</dd></div>`).join("")}</dl>
${run.trace === null ? "" : '<button type="button" id="theme">theme: auto</button>'}
</div>
</header>`;
}

function titleOf(run: HtmlRun): string {
  return run.scenario?.title ?? run.title;
}

/** Why a run is invalid or undecided. */
function problems(run: HtmlRun): string {
  const lines = (run.problems ?? []).map(({ place, path, message }) => `${run.file}:${place.line}:${place.column} ${path}: ${message}`);
  const { undecided } = run;
  if (undecided) {
    const { events, atMs, position, seed } = undecided;
    lines.push(`undecided: the step budget ran out after ${events} events, at ${formatDuration(atMs)} (${position}), seed ${seed}`);
  }
  return lines.length === 0
    ? ""
    : `<section class="card problems" aria-label="Problems">${lines.map((line) => `<p>${text(line)}</p>`).join("")}</section>`;
}
