import { contract } from "../../contract/index.ts";
import { answered, asCustomer } from "../http/handler.ts";
import { presentBalance } from "../http/quota.ts";
import { listQuotas } from "../store/read.ts";

export const listQuotasHandler = asCustomer.route(contract.quotas.list, async (_, context) => {
  const quotas = await listQuotas(context.deps.db, context.caller.customerId, context.deps.wall());
  return answered(context, 200, quotas.map(presentBalance));
});
