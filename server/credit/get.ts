import { contract } from "../../contract/index.ts";
import { answered, asCustomer } from "../http/handler.ts";
import { creditBalanceOf } from "../store/credits.ts";

export const getCredit = asCustomer.route(contract.credits.get, async (_request, context) => {
  const balanceRials = await creditBalanceOf(context.deps.db, context.caller.customerId);
  return answered(context, 200, { balanceRials });
});
