import { contract } from "../../contract/index.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { inEachDatabase } from "../store/databases.ts";
import { hintUnverified } from "../store/unverified.ts";

export const checkUnverified = asOperator.route(contract.reconciliations.checkUnverified, async (_, context) => {
  const { deps } = context;
  // A read, and the one thing that is asked elsewhere before the caller is proved: what it tells is no answer until then.
  const outcome = await deps.gateway.listUnverified();
  if (outcome.kind !== "settled") return refusal(context, "gateway_unavailable");
  let listed = 0;
  let ours = 0;
  for (const each of inEachDatabase(deps)) {
    const found = await hintUnverified(each, outcome.value.payments);
    [listed, ours] = [found.listed, ours + found.ours];
    const messages = found.customerIds.map((customerId) => ({ body: { customerId } }));
    if (messages.length > 0) await deps.due.sendBatch(messages);
  }
  return answered(context, 200, { listed, ours, unknown: listed - ours });
});
