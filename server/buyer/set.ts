import { contract } from "../../contract/index.ts";
import { decideSetBuyer } from "../billing/buyer.ts";
import { bucketOf, idFromSeed } from "../billing/ids.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { digestsOf } from "../http/person-digest.ts";
import { buyerFrom, sealBuyer } from "../store/buyer.ts";
import { transact } from "../store/transact.ts";
import { presentBuyer } from "./present.ts";

export const setBuyerDetails = asCustomer.route(contract.buyers.set, async ({ body }, context) => {
  const { deps, caller, resourceSeed } = context;
  const { customerId, userId } = caller;
  const details = buyerFrom(body);
  const id = idFromSeed("per", resourceSeed, bucketOf(customerId));
  const slice = await transact<never>(deps, {
    customerId,
    actor: `user:${userId}`,
    persons: [{ id, sealed: await sealBuyer(deps, id, details), digests: await digestsOf(deps, details) }],
    decide: (current) => decideSetBuyer(current, { id: customerId, userId }, { id, kind: details.kind }),
  });
  return isRejection(slice) ? refused(context, slice) : answered(context, 200, presentBuyer(details));
});
