// Closed months as the contract shows them.
import type { ClosedMonth } from "../../contract/finance.ts";
import { instant } from "../billing/clock.ts";
import type { findClosedMonth } from "../store/finance.ts";

type StoredMonth = NonNullable<Awaited<ReturnType<typeof findClosedMonth>>>;

export function presentMonth({ month, endsAt, debitRials, closedAt }: StoredMonth): ClosedMonth {
  return { month, endsAt: instant(endsAt), debitRials, closedAt: instant(closedAt) };
}
