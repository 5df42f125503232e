// Quotas as the contract shows them. A grant whose time is over leaves nothing to use.
import type { Quota } from "../../contract/quota.ts";
import { instant } from "../billing/clock.ts";
import type { listQuotas } from "../store/read.ts";

type Balance = Awaited<ReturnType<typeof listQuotas>>[number];

export function presentQuota({ productId, granted, used, reserved, validUntil }: Balance): Quota {
  const remaining = Math.max(0, granted - used - reserved);
  return { productId, granted, used, reserved, remaining, validUntil: instant(validUntil) };
}
