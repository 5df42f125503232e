import { contract } from "../../contract/index.ts";
import { billingOf } from "../billing/clock.ts";
import { bucketOf, idFromSeed } from "../billing/ids.ts";
import { decideCompMessages } from "../billing/quota-grant.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asOperator, refused } from "../http/handler.ts";
import { presentAdded } from "../http/quota.ts";
import { transact } from "../store/transact.ts";

export const addMessages = asOperator.route(contract.quotas.addMessages, async ({ params, body }, context) => {
  const { deps, caller, resourceSeed } = context;
  const { customerId } = params;
  const grantId = idFromSeed("qg", resourceSeed, bucketOf(customerId));
  const expiresAt = body.expiresAt === null ? null : billingOf(body.expiresAt);
  const slice = await transact(deps, {
    customerId,
    actor: `operator:${caller.userId}`,
    decide: (current, now) => decideCompMessages(current, { ...body, grantId, source: "comp", expiresAt }, now),
  });
  if (isRejection(slice)) return refused(context, slice);
  const added = slice.state.grants[grantId];
  if (!added) throw new Error(`${grantId} was added and is not there`);
  return answered(context, 201, presentAdded(added));
});
