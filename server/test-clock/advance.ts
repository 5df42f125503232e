import { contract } from "../../contract/index.ts";
import { billingOf } from "../billing/clock.ts";
import { isRejection } from "../billing/rejection.ts";
import { decideSetTarget } from "../billing/test-clock.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { transact } from "../store/transact.ts";
import { presentTestClock } from "./present.ts";

export const advanceTestClock = asCustomer.route(contract.testClock.advance, async ({ body }, context) => {
  const { deps, caller } = context;
  const { customerId, userId } = caller;
  if (deps.config.environment === "production") return refusal(context, "not_found");
  const slice = await transact(deps, {
    customerId,
    actor: `user:${userId}`,
    decide: (current, now) => {
      const customer = { id: customerId, userId };
      return decideSetTarget(current, { customer, targetAt: billingOf(body.to) }, now);
    },
  });
  if (isRejection(slice)) return refused(context, slice);
  await deps.due.send({ customerId });
  return answered(context, 202, presentTestClock(slice.state, deps.wall()));
});
