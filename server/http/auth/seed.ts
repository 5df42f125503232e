// What a system needs before anybody can sign in: an operator, and the partners it serves. Safe to run at every start.
import type { PartnerId } from "../../../contract/common/id.ts";
import { idsOf } from "../../billing/ids.ts";
import type { Deps } from "../../deps.ts";
import { partnerBucket, upsertPartner } from "../../store/people.ts";
import { confirmSecondFactor, keepUnconfirmed } from "../../store/second-factor.ts";
import { minPasswordLength, type Auth } from "./better-auth.ts";
import { secretRecordOf } from "./second-factor.ts";

/**
 * Creates a verified operator unless there is one with this address; its password stays as it is then. Throws when the
 * address is a customer's: whoever signed up with it would become an operator.
 */
export async function ensureOperator(
  deps: Deps,
  auth: Auth,
  wanted: { readonly email: string; readonly password: string },
): Promise<{ readonly userId: string }> {
  const { internalAdapter, password } = await auth.$context;
  const email = wanted.email.toLowerCase();
  const found = await internalAdapter.findUserByEmail(email);
  if (found) {
    if (!isOperator(found.user)) throw new Error("The operator's address belongs to a customer");
    return { userId: found.user.id };
  }
  if (wanted.password.length < minPasswordLength) throw new Error("The operator's password is too short");
  const hash = await password.hash(wanted.password);
  const user = await internalAdapter.createUser(
    { email, name: "Operator", emailVerified: true, role: "operator" },
    { method: "admin" },
  );
  await internalAdapter.linkAccount({ userId: user.id, providerId: "credential", accountId: user.id, password: hash });
  deps.log({ level: "info", event: "operator_created", userId: user.id });
  return { userId: user.id };
}

/** Gives an operator the second factor of this secret, unless there is one. For systems of a developer's own. */
export async function ensureSecondFactor(deps: Deps, userId: string, secret: string): Promise<void> {
  const sealed = await deps.sealer.seal(secret, secretRecordOf(userId));
  await keepUnconfirmed(deps.db, { userId, sealed, at: deps.wall() });
  await confirmSecondFactor(deps, { userId, codeHashes: [], sessionToken: null }, { actor: "system" });
}

function isOperator(user: object): boolean {
  return "role" in user && user.role === "operator";
}

/** The id of the partner with this name, created when there is none. */
export async function ensurePartner(
  deps: Deps,
  wanted: { readonly id?: PartnerId; readonly name: string },
): Promise<PartnerId> {
  const createdAt = deps.wall();
  const id = wanted.id ?? idsOf(partnerBucket, createdAt, deps.random).next("ptr");
  return upsertPartner(deps.db, { id, name: wanted.name, createdAt });
}
