// What a login link is: a secret in an address of ours, kept as a keyed digest, good in this deployment alone.
import type { CustomerId } from "../../contract/common/id.ts";
import { bucketOf } from "../billing/ids.ts";
import type { Deps } from "../deps.ts";
import { keyedHash } from "../http/keyed-hash.ts";
import { inDatabase } from "../store/databases.ts";
import { findPartner } from "../store/partners.ts";
import { findUsableLink, type StoredLink } from "../store/login-links.ts";

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** A secret whose first two characters are the customer's bucket: it is all that is known when somebody comes by the link. */
export function secretOf(text: string, customerId: CustomerId): string {
  const bucket = bucketOf(customerId);
  return `${digits.charAt(bucket >> 6)}${digits.charAt(bucket & 63)}${text.slice(2)}`;
}

/** The same dependencies with the database in hand that has the link. */
export function whereLinked(deps: Deps, secret: string): Deps {
  const { databases } = deps;
  if (!databases) return deps;
  const bucket = (digits.indexOf(secret.charAt(0)) << 6) + digits.indexOf(secret.charAt(1));
  return inDatabase(deps, databases.placeOf(bucket));
}

/** How a link is found by the secret in it, now. */
export async function triedBy(deps: Deps, secret: string) {
  return { hash: await keyedHash(deps, "login_link", secret), audience: deps.config.publicUrl, at: deps.wall() };
}

/** A link that can be used, and whose way back is still allowed; null for any other. */
export async function usableLink(deps: Deps, secret: string): Promise<StoredLink | null> {
  const link = await findUsableLink(deps.db, await triedBy(deps, secret));
  return link && (await isAllowed(deps, link)) ? link : null;
}

/** Whether the partner's customers may be sent there: one of its return URLs, with any query. */
export async function isAllowed({ db }: Deps, { partnerId, returnUrl }: Pick<StoredLink, "partnerId" | "returnUrl">) {
  const partner = await findPartner(db, partnerId);
  const asked = withoutQuery(returnUrl);
  return partner?.returnUrls.some((allowed) => withoutQuery(allowed) === asked) ?? false;
}

/** As a browser reads it, so that nothing that looks alike passes. */
function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
