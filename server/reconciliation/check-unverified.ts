import { contract } from "../../contract/index.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { hintUnverified } from "../store/unverified.ts";

export const checkUnverified = asOperator.route(contract.reconciliations.checkUnverified, async (_, context) => {
  const { deps } = context;
  // A read, and the one thing that is asked elsewhere before the caller is proved: what it tells is no answer until then.
  const outcome = await deps.gateway.listUnverified();
  if (outcome.kind !== "settled") return refusal(context, "gateway_unavailable");
  const { customerIds, ...counts } = await hintUnverified(deps, outcome.value.payments);
  const messages = customerIds.map((customerId) => ({ body: { customerId } }));
  if (messages.length > 0) await deps.due.sendBatch(messages);
  return answered(context, 200, counts);
});
