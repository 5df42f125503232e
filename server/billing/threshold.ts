// Telling that most of what was granted is used, before it is all gone. Told once for each threshold of a grant, however
// many use messages at that moment: what was told is state, and the stream's lock lets one decision tell it.
import { useOf } from "./burn.ts";
import { wallMs, type WallMs } from "./clock.ts";
import { event, type NewEvent } from "./event.ts";
import type { QuotaGrant, Slice } from "./state.ts";

/** In percent of what is granted. The store makes a customer due by the same numbers. */
export const thresholds = [80, 100] as const;

/** At once, when a threshold was reached that was not told. */
export function thresholdDueAt(slice: Slice, balance: QuotaGrant): WallMs | null {
  return untold(slice, balance).length > 0 ? wallMs(0) : null;
}

export function decideThreshold(slice: Slice, balance: QuotaGrant): readonly NewEvent[] {
  const { productId, subscriptionId, periodIndex, granted } = balance;
  const used = usedOf(slice, balance);
  return untold(slice, balance).map((percent) =>
    event("quota.threshold_reached", { productId, subscriptionId, periodIndex, percent, used, granted }),
  );
}

function untold(slice: Slice, balance: QuotaGrant): readonly (typeof thresholds)[number][] {
  const { granted, toldPercent } = balance;
  const used = usedOf(slice, balance);
  return thresholds.filter((percent) => percent > toldPercent && granted > 0 && used * 100 >= granted * percent);
}

function usedOf(slice: Slice, { productId }: QuotaGrant): number {
  const { used, overrun } = useOf(slice, productId);
  return used + overrun;
}
