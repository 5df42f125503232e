import { contract } from "../../contract/index.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { checkChain } from "../store/chain.ts";
import { partnerOf } from "../store/read.ts";

export const checkChainHandler = asOperator.route(contract.operator.checkChain, async ({ params }, context) => {
  const { db, sha256 } = context.deps;
  if ((await partnerOf(db, params.customerId)) === null) return refusal(context, "not_found");
  return answered(context, 200, await checkChain(db, sha256, params.customerId));
});
