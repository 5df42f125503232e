import { contract } from "../../contract/index.ts";
import { answeredPage, asOperator } from "../http/handler.ts";
import { listPartners } from "../store/partners.ts";
import { presentPartner } from "./present.ts";

export const listPartnersHandler = asOperator.route(contract.partners.list, async ({ query }, context) => {
  const partners = await listPartners(context.deps.db, query);
  return answeredPage(context, partners, { limit: query.limit, present: presentPartner });
});
