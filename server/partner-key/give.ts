// What a caller may give: nobody hands on what they may not do themselves.
import type { PartnerScope } from "../../contract/common/policy.ts";
import type { PartnerKeyId } from "../../contract/common/id.ts";
import type { Owner, OwnerContext } from "../http/owner.ts";
import { refusal } from "../http/problem.ts";
import { findKey, type StoredKey } from "../store/partner-keys.ts";

/** Null when the caller may give all of these scopes: an operator any, a partner those of the key it calls with. */
export function refusalOfScopes(context: OwnerContext, scopes: readonly PartnerScope[]) {
  const lacking = lackingIn(context.caller, scopes);
  return lacking.length === 0 ? null : refusal(context, "forbidden", `This key has not ${lacking.join(", ")} itself.`);
}

function lackingIn(caller: Owner, scopes: readonly PartnerScope[]): readonly PartnerScope[] {
  return caller.kind === "operator" ? [] : scopes.filter((scope) => !caller.scopes.includes(scope));
}

/** A key that was there a moment ago. */
export async function keyAfter({ deps }: OwnerContext, id: PartnerKeyId): Promise<StoredKey> {
  const key = await findKey(deps.db, id, null);
  if (!key) throw new Error(`${id} was changed but cannot be read`);
  return key;
}
