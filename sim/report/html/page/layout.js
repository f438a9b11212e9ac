/** Heights in pixels, top to bottom: the ruler, then the lanes. */
export const RULER = 38;
const HEIGHTS = { world: 48, daemon: 66, peer: 84 };
/** Middle of the marks and of the bar, from the top of a lane. */
const MIDDLES = { world: [24, 0], daemon: [24, 52], peer: [25, 62] };

/** @typedef {import("../shared/model.ts").Lane & { top: number, height: number, markY: number, barY: number }} PlacedLane */

/**
 * @param {readonly import("../shared/model.ts").Lane[]} lanes
 * @returns {{ lanes: PlacedLane[], height: number }}
 */
export function placeLanes(lanes) {
  let top = RULER;
  const placed = lanes.map((lane) => {
    const [mark = 0, bar = 0] = MIDDLES[lane.kind];
    const height = HEIGHTS[lane.kind];
    top += height;
    return { ...lane, top: top - height, height, markY: top - height + mark, barY: top - height + bar };
  });
  return { lanes: placed, height: top + 6 };
}

/** @param {number} width of the whole drawing */
export function gutterOf(width) {
  return width < 560 ? 74 : 118;
}
