import { contract } from "../../contract/index.ts";
import { idFromSeed } from "../billing/ids.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { createPartner, findPartner } from "../store/partners.ts";
import { partnerBucket } from "../store/people.ts";
import { presentPartner } from "./present.ts";
import { refusalOfReturnUrls } from "./return-urls.ts";

export const createPartnerHandler = asOperator.route(contract.partners.create, async ({ body }, context) => {
  const { deps, caller, resourceSeed } = context;
  const refused = refusalOfReturnUrls(context, body.returnUrls);
  if (refused) return refused;
  const id = idFromSeed("ptr", resourceSeed, partnerBucket);
  const isFree = await createPartner(deps, { id, ...body }, `operator:${caller.userId}`);
  if (!isFree) return refusal(context, "partner_exists", `There is a partner ${body.name} already.`);
  const partner = await findPartner(deps.db, id);
  if (!partner) throw new Error(`${id} was created but cannot be read`);
  return answered(context, 201, presentPartner(partner));
});
