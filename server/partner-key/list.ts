import { contract } from "../../contract/index.ts";
import { answeredPage, asOperatorOrPartner } from "../http/handler.ts";
import { partnerOf } from "../http/owner.ts";
import { refusal } from "../http/problem.ts";
import { listKeys } from "../store/partner-keys.ts";
import { presentKey } from "./present.ts";

export const listKeysHandler = asOperatorOrPartner.route(contract.partnerKeys.list, async ({ query }, context) => {
  const { deps, caller } = context;
  const ownId = partnerOf(caller);
  const asked = query.partnerId ?? ownId;
  if (ownId !== null && asked !== ownId) return refusal(context, "forbidden");
  const keys = await listKeys(deps.db, asked, query);
  return answeredPage(context, keys, { limit: query.limit, present: (key) => presentKey(key, deps.wall()) });
});
