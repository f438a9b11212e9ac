/** What the page's script fills: no text of a scenario stands here. */
export const SKELETON = `<main>
<section id="failures" class="card" aria-label="Failures" hidden></section>
<section class="card timeline" aria-label="Timeline">
<div class="bar-tools">
<h2>Timeline</h2>
<button type="button" id="before" aria-label="previous event">◂ ,</button>
<button type="button" id="after" aria-label="next event">. ▸</button>
<span class="gap"></span>
<label>fold gaps from <select id="folding">
<option value="10000">10s</option>
<option value="30000" selected>30s</option>
<option value="300000">5m</option>
<option value="3600000">1h</option>
<option value="">never</option>
</select></label>
<button type="button" id="zoom-out" aria-label="zoom out">−</button>
<button type="button" id="zoom-in" aria-label="zoom in">+</button>
<button type="button" id="fit">fit</button>
<button type="button" id="show-help" aria-label="keyboard help">?</button>
</div>
<div id="plot"></div>
<div id="hover" class="hover" hidden></div>
<div id="minimap"></div>
<details class="legend"><summary>legend</summary><ul id="legend" class="plain shapes"></ul></details>
</section>
<div class="panels">
<section class="card panel" aria-labelledby="details-title"><h2 id="details-title">Event</h2><div id="details"></div></section>
<section class="card panel" aria-labelledby="as-of-title"><h2 id="as-of-title" aria-live="polite">As of</h2><div id="as-of" tabindex="0" role="region" aria-labelledby="as-of-title"></div></section>
<section class="card panel" aria-labelledby="source-title"><h2 id="source-title">Scenario</h2><div id="source" class="source" tabindex="0" role="region" aria-labelledby="source-title"></div></section>
</div>
<section class="card panel" aria-labelledby="list-title">
<h2 id="list-title">Decisions</h2>
<div class="filters">
<input type="search" id="filter-text" placeholder="filter: every word must occur" aria-label="filter by text">
<select id="filter-lane" aria-label="filter by peer"><option value="">every lane</option></select>
<select id="filter-event" aria-label="filter by event"><option value="">every event</option></select>
<label><input type="checkbox" id="filter-all"> all events, not only decisions</label>
<small id="count" role="status"></small>
</div>
<div class="rows" tabindex="0" role="region" aria-labelledby="list-title">
<table>
<thead><tr><th scope="col">time</th><th scope="col">peer</th><th scope="col">event</th><th scope="col">what and why</th><th scope="col">facts</th></tr></thead>
<tbody id="rows"></tbody>
</table>
<button type="button" id="more" hidden>more</button>
</div>
</section>
<dialog id="help" aria-labelledby="help-title">
<h2 id="help-title">Keys</h2>
<dl class="keys">
<dt><kbd>Tab</kbd></dt><dd>into the timeline, then the arrow keys: along a lane, or to another one</dd>
<dt><kbd>,</kbd> <kbd>.</kbd></dt><dd>cursor to the event before or after, in any lane</dd>
<dt><kbd>+</kbd> <kbd>−</kbd> <kbd>0</kbd></dt><dd>zoom in, zoom out, fit the whole run</dd>
<dt><kbd>Shift</kbd> <kbd>←</kbd> <kbd>→</kbd></dt><dd>pan; with the mouse, drag</dd>
<dt><kbd>Ctrl</kbd> wheel</dt><dd>zoom where the pointer is</dd>
<dt><kbd>f</kbd></dt><dd>next failure</dd>
<dt><kbd>/</kbd></dt><dd>search the list</dd>
</dl>
<form method="dialog"><button>close</button></form>
</dialog>
</main>`;
