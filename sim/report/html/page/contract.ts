import type { Axis } from "../shared/axis.ts";
import type { PageModel } from "../shared/model.ts";

/** What the reader looks at: zoom, pan, selected mark, cursor. Every part of the page reads it, and hears when it changes. */
export interface View {
  readonly model: PageModel;
  axis: Axis;
  /** Pixels of the plot, without the gutter. */
  width: number;
  /** Pixels per unit of the axis. */
  scale: number;
  /** The unit at the left edge. */
  left: number;
  /** Index of the selected mark, or -1. */
  selected: number;
  cursor: { readonly at: number; readonly seq: number };
  /** `look`: zoom or pan; `select`; `cursor`. */
  listen(listener: (what: ViewChange) => void): void;
  toPx(unit: number): number;
  toUnit(px: number): number;
  fitScale(): number;
  resize(width: number): void;
  fit(): void;
  /** What is drawn at `px` (default: the middle) stays there. */
  zoom(factor: number, px?: number): void;
  pan(px: number): void;
  /** Brings a unit to the middle. */
  centre(unit: number): void;
  /** Zooms until these units fill most of the width. */
  show(from: number, to: number): void;
  /** Folds gaps of at least so many virtual ms; infinite = none. */
  fold(foldMs: number): void;
  /** Selects a mark, moves the cursor to it and brings it into view. */
  select(index: number): void;
  moveCursor(point: { readonly at: number; readonly seq: number | null }): void;
  /** To the next or the previous mark of any lane. */
  stepCursor(direction: 1 | -1): void;
}

export type ViewChange = "look" | "select" | "cursor";
