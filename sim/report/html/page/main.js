import { byId } from "../../../../lib/web/page/dom.js";
import { themeButton } from "../../../../lib/web/page/theme.js";
import { createAsOfPanel } from "./as-of-panel.js";
import { createDetails } from "./details.js";
import { createFailures } from "./failures.js";
import { listenToPointer } from "./gestures.js";
import { createHover } from "./hover.js";
import { listenToKeys } from "./keys.js";
import { createLegend } from "./legend.js";
import { createMinimap } from "./minimap.js";
import { createSource } from "./source.js";
import { createTable } from "./table.js";
import { createTimeline } from "./timeline.js";
import { createView } from "./view.js";

/** Puts the page together from the model that stands in it. */
export function main() {
  themeButton(byId("theme"));
  /** @type {import("../shared/model.ts").PageModel} */
  const model = JSON.parse(byId("model").textContent ?? "{}");
  const view = createView(model);
  createFailures(byId("failures"), view);
  createSource(byId("source"), view);
  createDetails(byId("details"), view);
  createAsOfPanel(byId("as-of"), byId("as-of-title"), view);
  createLegend(byId("legend"), view);
  const table = createTable(view);
  createMinimap(byId("minimap"), view);
  const timeline = createTimeline(byId("plot"), view);
  createHover(byId("hover"), timeline.svg, view);
  listenToPointer(timeline, view);
  const help = /** @type {HTMLDialogElement} */ (byId("help"));
  listenToKeys(timeline, view, { search: table.search, help: () => help.showModal() });
  listenToButtons(view, help);
  view.select(firstOf(model));
  document.documentElement.dataset["ready"] = "yes";
}

/**
 * Where a reader begins: the first failure, else the first wake.
 * @param {import("../shared/model.ts").PageModel} model
 */
function firstOf({ marks }) {
  const failed = marks.findIndex(({ look }) => look === "failed");
  return failed >= 0 ? failed : marks.findIndex(({ event }) => event === "wake");
}

/**
 * @param {import("./view.js").View} view
 * @param {HTMLDialogElement} help
 */
function listenToButtons(view, help) {
  /** @type {[string, () => void][]} */
  const buttons = [
    ["zoom-in", () => view.zoom(1.5)],
    ["zoom-out", () => view.zoom(1 / 1.5)],
    ["fit", () => view.fit()],
    ["before", () => view.stepCursor(-1)],
    ["after", () => view.stepCursor(1)],
    ["show-help", () => help.showModal()],
  ];
  for (const [id, act] of buttons) byId(id).addEventListener("click", act);
  const folding = /** @type {HTMLSelectElement} */ (byId("folding"));
  folding.addEventListener("change", () => view.fold(folding.value === "" ? Number.POSITIVE_INFINITY : Number(folding.value)));
}

main();
