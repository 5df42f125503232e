// The figures of the business that are kept by day: their names, as they stand in the rows.
import { movements, type Movement } from "./mrr.ts";

/** In the place of a product or a partner: all of them together. */
export const ofAll = "";

/** Example: `new` is `mrr_new`. */
export const movedFigure = <M extends Movement>(movement: M) => `mrr_${movement}` as const;

/** Figures that are kept by the hour of the day, or by bank. */
export const figuresByPart = ["collected_in_hour", "failed_in_hour", "collected_at_bank"] as const;

/** What moved the recurring revenue. */
export const figuresOfMovements = movements.map((movement) => movedFigure(movement));

/** Figures that have one number and one sum for a day. */
export const plainFigures = [
  "collected",
  "failed",
  "unknown",
  "reversed",
  "refunded",
  "at_risk",
  "recovered",
  "given_up",
  ...figuresOfMovements,
] as const;

export const figures = [...plainFigures, ...figuresByPart] as const;

export type Figure = (typeof figures)[number];
