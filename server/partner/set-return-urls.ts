import { contract } from "../../contract/index.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { findPartner, setReturnUrls } from "../store/partners.ts";
import { presentPartner } from "./present.ts";
import { refusalOfReturnUrls } from "./return-urls.ts";

export const setReturnUrlsHandler = asOperator.route(
  contract.partners.setReturnUrls,
  async ({ params, body }, context) => {
    const { deps, caller } = context;
    const { partnerId } = params;
    const refused = refusalOfReturnUrls(context, body.returnUrls);
    if (refused) return refused;
    if (!(await findPartner(deps.db, partnerId))) return refusal(context, "not_found");
    await setReturnUrls(deps, partnerId, body.returnUrls, `operator:${caller.userId}`);
    const partner = await findPartner(deps.db, partnerId);
    return partner ? answered(context, 200, presentPartner(partner)) : refusal(context, "not_found");
  },
);
