// Telling what is used of a count. That messages are used is no event: what it comes to is one, in absolute figures, at
// most once a day and not at all while nothing changes.
import { useOf } from "./burn.ts";
import { after, dayMs, type WallMs } from "./clock.ts";
import { event, type NewEvent } from "./event.ts";
import type { QuotaGrant, Slice } from "./state.ts";

/** A day after it was last told, or the count began; null while what was told is so. The store makes due by the same. */
export function useDueAt(slice: Slice, balance: QuotaGrant): WallMs | null {
  const { used, reserved, overrun } = useOf(slice, balance.productId);
  const { toldUsed, toldReserved, toldOverrun, toldAt } = balance;
  const isTold = used === toldUsed && reserved === toldReserved && overrun === toldOverrun;
  return isTold ? null : after(toldAt, dayMs);
}

/** As it was read: whoever uses more meanwhile is told of next time. */
export function decideUse(slice: Slice, { productId, subscriptionId, periodIndex }: QuotaGrant): readonly NewEvent[] {
  const { used, reserved, overrun } = useOf(slice, productId);
  return [event("quota.counted", { subscriptionId, periodIndex, used, reserved, overrun })];
}
