import { contract } from "../../contract/index.ts";
import { answered, asOperatorOrPartner } from "../http/handler.ts";
import { actorOf, partnerOf } from "../http/owner.ts";
import { refusal } from "../http/problem.ts";
import { findKey, revokeKey } from "../store/partner-keys.ts";
import { keyAfter } from "./give.ts";
import { presentKey } from "./present.ts";

export const revokeKeyHandler = asOperatorOrPartner.route(contract.partnerKeys.revoke, async ({ params }, context) => {
  const { deps, caller } = context;
  const key = await findKey(deps.db, params.partnerKeyId, partnerOf(caller));
  if (!key) return refusal(context, "not_found");
  await revokeKey(deps, key, actorOf(caller));
  return answered(context, 200, presentKey(await keyAfter(context, key.id), deps.wall()));
});
