import { contract } from "../../contract/index.ts";
import { PaymentId } from "../../contract/common/id.ts";
import type { ExceptionKind } from "../../contract/exception.ts";
import { event } from "../billing/event.ts";
import { bucketOf, idFromSeed } from "../billing/ids.ts";
import { isRejection, reject } from "../billing/rejection.ts";
import type { Deps } from "../deps.ts";
import { answered, asOperator, refused } from "../http/handler.ts";
import { findException } from "../store/exceptions.ts";
import { isInLog } from "../store/own-event.ts";
import { transact } from "../store/transact.ts";

/** What needs no decision. */
const acknowledgeable: readonly ExceptionKind[] = [
  "payment_reversed",
  "cancellation_presumed",
  "reconciliation_difference",
];

export const acknowledgeException = asOperator.route(
  contract.exceptions.acknowledge,
  async ({ params, body }, context) => {
    const { deps, caller, resourceSeed: requestSeed } = context;
    const { exceptionId } = params;
    const exception = await findException(deps.db, exceptionId);
    if (!exception && (await hasAcknowledged(deps, requestSeed, exceptionId)))
      return answered(context, 200, { done: true as const });
    if (!exception) return refused(context, reject("not_found", `${exceptionId} is not in the queue.`));
    if (!acknowledgeable.includes(exception.kind)) {
      return refused(context, reject("nothing_to_decide", `${exceptionId} needs a decision, not a nod.`));
    }
    const slice = await transact<never>(deps, {
      customerId: exception.customerId,
      actor: `operator:${caller.userId}`,
      requestSeed,
      decide: () => [event("exception.acknowledged", { exceptionId }, { reason: body.reason })],
    });
    return isRejection(slice) ? refused(context, slice) : answered(context, 200, { done: true as const });
  },
);

/** Whether this request took it out of the queue itself, before it died. */
async function hasAcknowledged(deps: Deps, requestSeed: string, exceptionId: string): Promise<boolean> {
  // All ids of a customer have one bucket, whatever they are of.
  const likened = PaymentId.safeParse(exceptionId.replace(/^[a-z]+_/, "pay_"));
  return likened.success && isInLog(deps.db, idFromSeed("evt", requestSeed, bucketOf(likened.data)));
}
