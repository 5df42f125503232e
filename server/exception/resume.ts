import { contract } from "../../contract/index.ts";
import { event } from "../billing/event.ts";
import { isRejection, reject } from "../billing/rejection.ts";
import { answered, asOperator, refused } from "../http/handler.ts";
import { resumeDue } from "../store/due.ts";
import { transact } from "../store/transact.ts";

export const resumeCustomer = asOperator.route(contract.exceptions.resume, async ({ params, body }, context) => {
  const { deps, caller, resourceSeed: requestSeed } = context;
  const { customerId } = params;
  const slice = await transact(deps, {
    customerId,
    actor: `operator:${caller.userId}`,
    requestSeed,
    decide: ({ state }) =>
      state.customer
        ? [event("customer.resumed", { about: null }, { reason: body.reason })]
        : reject("not_found", `There is no customer ${customerId}.`),
  });
  if (isRejection(slice)) return refused(context, slice);
  await resumeDue(deps.db, customerId, deps.wall());
  await deps.due.send({ customerId });
  return answered(context, 200, { done: true as const });
});
