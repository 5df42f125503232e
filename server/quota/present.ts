// Quotas as the contract shows them. A grant whose time is over leaves nothing to use.
import type { Quota, Reservation } from "../../contract/quota.ts";
import { instant, instantOrNull } from "../billing/clock.ts";
import type { Standing } from "../store/quota.ts";
import type { Balance } from "../store/read.ts";

export function presentQuota({ productId, granted, used, reserved, overrun, validUntil, isOver }: Balance): Quota {
  const remaining = isOver ? 0 : Math.max(0, granted - used - reserved - overrun);
  return { productId, granted, used, reserved, overrun, remaining, validUntil: instant(validUntil) };
}

export function presentReservation({ reservation, balance }: Standing): Reservation {
  const { partnerId: _partner, subscriptionId: _subscription, periodIndex: _index, ...shown } = reservation;
  return {
    ...shown,
    expiresAt: instant(shown.expiresAt),
    createdAt: instant(shown.createdAt),
    settledAt: instantOrNull(shown.settledAt),
    quota: balance && presentQuota(balance),
  };
}
