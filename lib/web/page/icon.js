import { s } from "./dom.js";
import { DECISION_SHAPES } from "./shapes.js";

/**
 * The shape of a decision; the words beside it say the same.
 * @param {import("../contract.ts").DecisionLook} look
 */
export function icon(look) {
  const { d, tone, hollow, name } = DECISION_SHAPES[look] ?? DECISION_SHAPES.other;
  return s(
    "svg",
    { class: `icon tone-${tone}${hollow ? " hollow" : ""}`, viewBox: "-10 -10 20 20", width: 20, height: 20, "aria-hidden": "true" },
    s("title", {}, name),
    s("path", { d, class: "shape" }),
  );
}
