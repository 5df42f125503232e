// Messages as the contract shows them, to a customer and to its partner. A grant whose time is over leaves nothing to use.
import type { AddedMessages, Quota } from "../../contract/quota.ts";
import { instant, instantOrNull } from "../billing/clock.ts";
import type { AddedMessages as Added } from "../billing/state.ts";
import type { Balance } from "../store/read.ts";

export function presentAdded({
  customerId: _customer,
  counted: _counted,
  expired: _expired,
  ...shown
}: Added): AddedMessages {
  return { ...shown, expiresAt: instantOrNull(shown.expiresAt), createdAt: instant(shown.createdAt) };
}

export function presentBalance({ productId, granted, used, reserved, overrun, validUntil, isOver }: Balance): Quota {
  const remaining = isOver ? 0 : Math.max(0, granted - used - reserved - overrun);
  return { productId, granted, used, reserved, overrun, remaining, validUntil: instant(validUntil) };
}
