import { contract } from "../../contract/index.ts";
import { decideAdjustment } from "../billing/credit-note.ts";
import { creditOf } from "../billing/credit.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asOperator, refused } from "../http/handler.ts";
import { transact } from "../store/transact.ts";

export const adjustCredit = asOperator.route(contract.credits.adjust, async ({ params, body }, context) => {
  const { deps, caller, resourceSeed: requestSeed } = context;
  const { customerId } = params;
  const slice = await transact(deps, {
    customerId,
    actor: `operator:${caller.userId}`,
    requestSeed,
    decide: (current, now) => decideAdjustment(current, body, now),
  });
  if (isRejection(slice)) return refused(context, slice);
  await deps.due.send({ customerId });
  return answered(context, 200, { balanceRials: creditOf(slice.state) });
});
