// An operator's word about a payment: what the gateway cannot, or will not, tell.
import { contract } from "../../contract/index.ts";
import { isRejection, reject } from "../billing/rejection.ts";
import { decideReview, type Verdict } from "../billing/review.ts";
import { answered, asOperator, refused } from "../http/handler.ts";
import { presentPayment } from "./present.ts";
import { transact } from "../store/transact.ts";
import { ownerOf } from "../store/webhook-event.ts";

export const resolvePayment = asOperator.route(contract.exceptions.resolve, async ({ params, body }, context) => {
  const { deps, caller, resourceSeed: requestSeed } = context;
  const { paymentId } = params;
  const owner = await ownerOf(deps.db, { paymentId });
  if (!owner) return refused(context, reject("not_found", `There is no payment ${paymentId}.`));
  const verdict: Verdict =
    body.decision === "settle" ? { decision: "settle", reference: body.reference ?? "" } : { decision: body.decision };
  const slice = await transact(deps, {
    customerId: owner.customerId,
    actor: `operator:${caller.userId}`,
    requestSeed,
    paymentIds: [paymentId],
    decide: (current, now, ids) => decideReview(current, { paymentId, verdict, reason: body.reason }, { now, ids }),
    onConflict: () => reject("reference_seen_before", `${body.reference ?? "It"} is another payment's reference.`),
  });
  if (isRejection(slice)) return refused(context, slice);
  await deps.due.send({ customerId: owner.customerId });
  const payment = slice.state.payments[paymentId];
  if (!payment) throw new Error(`${paymentId} was decided but cannot be read`);
  return answered(context, 200, presentPayment(payment));
});
