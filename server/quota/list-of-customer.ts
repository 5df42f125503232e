import { contract } from "../../contract/index.ts";
import { answered, asPartner } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { presentBalance } from "../http/quota.ts";
import { listQuotas, partnerOf } from "../store/read.ts";

export const listQuotasOfCustomer = asPartner.route(contract.quotas.listOfCustomer, async ({ params }, context) => {
  const { deps, caller } = context;
  const isTheirs = (await partnerOf(deps.db, params.customerId)) === caller.partnerId;
  if (!isTheirs) return refusal(context, "not_found");
  const quotas = await listQuotas(deps.db, params.customerId, deps.wall());
  return answered(context, 200, quotas.map(presentBalance));
});
