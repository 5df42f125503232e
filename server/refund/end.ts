// Recording what became of a refund that an operator paid out, or looked up.
import type { RefundId } from "../../contract/common/id.ts";
import { isRejection, reject, type Rejection } from "../billing/rejection.ts";
import { decideRefundEnd } from "../billing/review.ts";
import type { Refund } from "../billing/state.ts";
import type { Deps } from "../deps.ts";
import { findRefund } from "../store/refunds.ts";
import { transact } from "../store/transact.ts";

interface RefundEnd {
  readonly refundId: RefundId;
  /** The bank's reference of the pay-out; null when nothing was paid. */
  readonly reference: string | null;
  readonly reason: string;
  readonly userId: string;
  readonly requestSeed: string;
}

/** The refund at its end. Rejects `not_found`, `nothing_to_decide`, and `busy`. */
export async function endRefund(
  deps: Deps,
  { userId, requestSeed, ...end }: RefundEnd,
): Promise<Refund | Rejection<"not_found" | "nothing_to_decide" | "busy">> {
  const { refundId } = end;
  const refund = await findRefund(deps.db, refundId);
  if (!refund) return reject("not_found", `There is no refund ${refundId}.`);
  const slice = await transact(deps, {
    customerId: refund.customerId,
    actor: `operator:${userId}`,
    requestSeed,
    paymentIds: [refund.paymentId],
    decide: (current, now) => decideRefundEnd(current, end, now),
  });
  if (isRejection(slice)) return slice;
  return slice.state.refunds[refundId] ?? refund;
}
