/** What a sentence has said already, or nobody reads: ids and names. */
const SAID = ["identity", "personality", "runtime", "instance", "id", "to", "ref", "mode", "cause", "text", "expected", "got"];

/**
 * The facts that a short view shows; the details have them all.
 * @param {import("../shared/model.ts").Mark} mark
 */
export function telling({ fields }) {
  return fields.filter(([key]) => !SAID.includes(key));
}
