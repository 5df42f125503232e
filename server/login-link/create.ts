import { contract } from "../../contract/index.ts";
import { after, instant, secondMs } from "../billing/clock.ts";
import { randomText } from "../http/auth/session-cookie.ts";
import { answered, asPartner } from "../http/handler.ts";
import { keyedHash } from "../http/keyed-hash.ts";
import { problemOf, refusal } from "../http/problem.ts";
import { findCustomer } from "../store/customers.ts";
import { atHome } from "../store/databases.ts";
import { createLoginLink, hasOwnAccount } from "../store/login-links.ts";
import { isAllowed, secretOf } from "./link.ts";

export const createLoginLinkHandler = asPartner.route(contract.loginLinks.create, async ({ body }, context) => {
  const { deps, caller, requestId } = context;
  const { partnerId, keyId: partnerKeyId } = caller;
  const { customerId, ttlSeconds } = body;
  const returnUrl = new URL(body.returnUrl).href;
  if (!(await isAllowed(deps, { partnerId, returnUrl }))) {
    const detail = "Must be one of the partner's return URLs, with any query.";
    return problemOf("validation_failed", {
      requestId,
      errors: [{ pointer: "/body/returnUrl", code: "custom", detail }],
    });
  }
  const customer = await findCustomer(deps.db, partnerId, customerId);
  if (!customer) return refusal(context, "not_found");
  if (customer.erasedAt !== null || (await hasOwnAccount(atHome(deps).db, customerId)))
    return refusal(context, "login_link_not_possible");
  const secret = secretOf(randomText(deps), customerId);
  const createdAt = deps.wall();
  const expiresAt = after(createdAt, ttlSeconds * secondMs);
  await createLoginLink(deps.db, {
    hash: await keyedHash(deps, "login_link", secret),
    partnerId,
    partnerKeyId,
    customerId,
    audience: deps.config.publicUrl,
    returnUrl,
    createdAt,
    expiresAt,
  });
  const url = `${deps.config.publicUrl}/v1/login-links/${secret}`;
  return answered(context, 201, { customerId, url, returnUrl, expiresAt: instant(expiresAt) });
});
