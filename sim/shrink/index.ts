/** Makes a scenario smaller while it still fails in the same way, or still shows a decision: `iapeer sim shrink`. */
export { type Elsewhere, type ShrinkOptions, type Shrunk, shrinkScenario } from "./shrink.ts";
