import { contract } from "../../contract/index.ts";
import { instant, instantOrNull } from "../billing/clock.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { presentBalance } from "../http/quota.ts";
import { findAnyCustomer } from "../store/customers.ts";
import { listQuotas } from "../store/read.ts";

export const getCustomerRecord = asOperator.route(contract.customers.record, async ({ params }, context) => {
  const { deps } = context;
  const found = await findAnyCustomer(deps.db, params.customerId);
  if (!found) return refusal(context, "not_found");
  const { id, partnerId, externalId, userId, creditRials, createdAt, erasedAt } = found;
  return answered(context, 200, {
    id,
    partnerId,
    externalId,
    signsIn: userId !== null && erasedAt === null,
    createdAt: instant(createdAt),
    erasedAt: instantOrNull(erasedAt),
    creditRials,
    quotas: (await listQuotas(deps.db, id, deps.wall())).map(presentBalance),
  });
});
