// Reservations as the contract shows them.
import type { Reservation } from "../../contract/quota.ts";
import { instant, instantOrNull } from "../billing/clock.ts";
import { presentBalance } from "../http/quota.ts";
import type { Standing } from "../store/quota.ts";

export function presentReservation({ reservation, balance }: Standing): Reservation {
  const { partnerId: _partner, subscriptionId: _subscription, periodIndex: _index, ...shown } = reservation;
  return {
    ...shown,
    expiresAt: instant(shown.expiresAt),
    createdAt: instant(shown.createdAt),
    settledAt: instantOrNull(shown.settledAt),
    quota: balance && presentBalance(balance),
  };
}
