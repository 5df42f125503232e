import { contract } from "../../contract/index.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { findPartner } from "../store/partners.ts";
import { presentPartner } from "./present.ts";

export const getPartner = asOperator.route(contract.partners.get, async ({ params }, context) => {
  const partner = await findPartner(context.deps.db, params.partnerId);
  return partner ? answered(context, 200, presentPartner(partner)) : refusal(context, "not_found");
});
