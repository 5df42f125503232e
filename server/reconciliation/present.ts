// A day's result as the contract shows it.
import type { Reconciliation } from "../../contract/reconciliation.ts";
import { instant, instantOrNull } from "../billing/clock.ts";
import { subtractRials } from "../billing/money.ts";
import type { DayResult } from "../store/reconciliation.ts";

export function presentReconciliation(result: DayResult): Reconciliation {
  const { cursorAt: _at, cursorId: _id, stalledSince: _since, startedAt, finishedAt, ...shown } = result;
  return {
    ...shown,
    differenceRials: subtractRials(shown.oursRials, shown.gatewayRials),
    startedAt: instant(startedAt),
    finishedAt: instantOrNull(finishedAt),
  };
}
