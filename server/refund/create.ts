// Giving a payment back. The request commits the order, which sets the money aside, and asks the queue to send it; the
// call that moves money never runs here, where it would die with the operator's connection.
import { contract } from "../../contract/index.ts";
import type { RefundId } from "../../contract/common/id.ts";
import { after, secondMs } from "../billing/clock.ts";
import { bucketOf, idFromSeed } from "../billing/ids.ts";
import { decideRefund } from "../billing/refund.ts";
import { isRejection, reject } from "../billing/rejection.ts";
import type { Refund } from "../billing/state.ts";
import type { Deps } from "../deps.ts";
import { answered, asOperator, refused } from "../http/handler.ts";
import { findRefund } from "../store/refunds.ts";
import { transact } from "../store/transact.ts";
import { ownerOf } from "../store/webhook-event.ts";
import { presentRefund } from "./present.ts";

/** How long a request waits for the gateway by reading, and how often it reads. */
const waitMs = 8 * secondMs;
const readEveryMs = 200;

export const createRefund = asOperator.route(contract.refunds.create, async ({ body }, context) => {
  const { deps, caller, resourceSeed } = context;
  const { paymentId, amountRials = null, reason } = body;
  const method = body.method ?? deps.config.refundMethods[0] ?? "manual";
  if (!deps.config.refundMethods.includes(method)) {
    return refused(context, reject("refund_method_unavailable", `${method} is switched off.`));
  }
  const owner = await ownerOf(deps.db, { paymentId });
  if (!owner) return refused(context, reject("not_found", `There is no payment ${paymentId}.`));
  const refundId = idFromSeed("ref", resourceSeed, bucketOf(owner.customerId));
  const slice = await transact(deps, {
    customerId: owner.customerId,
    actor: `operator:${caller.userId}`,
    paymentIds: [paymentId],
    decide: (current, now) =>
      current.state.refunds[refundId]
        ? []
        : decideRefund(current, { refundId, paymentId, amountRials, method, reason }, now),
  });
  if (isRejection(slice)) return refused(context, slice);
  if (method !== "manual") await deps.due.send({ customerId: owner.customerId });
  const refund = await settled(deps, refundId);
  if (!isAtTheGateway(refund)) return answered(context, 201, presentRefund(refund));
  return answered(context, 202, {
    refund: presentRefund(refund),
    pollUrl: `/v1/refunds/${refundId}`,
    status: "processing" as const,
  });
});

/** Reads until the gateway is no longer at it, 8 seconds at most. */
async function settled(deps: Deps, refundId: RefundId): Promise<Refund> {
  const until = after(deps.wall(), waitMs);
  for (;;) {
    const refund = await findRefund(deps.db, refundId);
    if (!refund) throw new Error(`${refundId} was ordered but cannot be read`);
    if (!isAtTheGateway(refund) || deps.wall() >= until) return refund;
    await deps.sleep(readEveryMs);
  }
}

function isAtTheGateway({ status, method }: Refund): boolean {
  return status === "submitted" || (status === "pending" && method !== "manual");
}
