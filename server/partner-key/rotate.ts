import { contract } from "../../contract/index.ts";
import { idFromSeed } from "../billing/ids.ts";
import { newPartnerKeyText } from "../http/auth/partner-key.ts";
import { answered, asOperatorOrPartner } from "../http/handler.ts";
import { actorOf, partnerOf } from "../http/owner.ts";
import { refusal } from "../http/problem.ts";
import { findKey, rotateKey } from "../store/partner-keys.ts";
import { partnerBucket } from "../store/people.ts";
import { keyAfter, refusalOfScopes } from "./give.ts";
import { presentKey } from "./present.ts";

export const rotateKeyHandler = asOperatorOrPartner.route(
  contract.partnerKeys.rotate,
  async ({ params, body }, context) => {
    const { deps, caller, resourceSeed } = context;
    const old = await findKey(deps.db, params.partnerKeyId, partnerOf(caller));
    if (!old) return refusal(context, "not_found");
    const refused = refusalOfScopes(context, old.scopes);
    if (refused) return refused;
    const id = idFromSeed("key", resourceSeed, partnerBucket);
    const key = newPartnerKeyText(deps);
    const made = { id, hash: await deps.sha256(key), overlapHours: body.overlapHours };
    if (!(await rotateKey(deps, old, made, actorOf(caller)))) return refusal(context, "partner_key_ended");
    return answered(context, 201, { ...presentKey(await keyAfter(context, id), deps.wall()), key });
  },
);
