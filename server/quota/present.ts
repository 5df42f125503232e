// Quotas as the contract shows them. A grant whose time is over leaves nothing to use.
import type { Quota } from "../../contract/quota.ts";
import { instant } from "../billing/clock.ts";
import type { Balance } from "../store/read.ts";

export function presentQuota({ productId, granted, used, reserved, validUntil, isOver }: Balance): Quota {
  const remaining = isOver ? 0 : Math.max(0, granted - used - reserved);
  return { productId, granted, used, reserved, remaining, validUntil: instant(validUntil) };
}
