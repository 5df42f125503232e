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
  const { id, customerId, productId, messages, status, usedMessages, overrunMessages } = reservation;
  return {
    ...{ id, customerId, productId, messages, status, usedMessages, overrunMessages },
    expiresAt: instant(reservation.expiresAt),
    createdAt: instant(reservation.createdAt),
    settledAt: instantOrNull(reservation.settledAt),
    quota: balance && presentQuota(balance),
  };
}
