import { contract } from "../../contract/index.ts";
import { wallOf } from "../billing/clock.ts";
import { bucketOf, idFromSeed } from "../billing/ids.ts";
import { decideCreatePaymentMethod, longestMs, shortestMs } from "../billing/payment-method.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { digestsOf } from "../http/person-digest.ts";
import { problemOf, refusal } from "../http/problem.ts";
import { atHome } from "../store/databases.ts";
import { sealPayer } from "../store/payer.ts";
import { findPerson } from "../store/user.ts";
import { transact } from "../store/transact.ts";
import { presentBank, presentPaymentMethod } from "./present.ts";
import { heldMethod, listSigningBanks, openSigning } from "./signing.ts";

export const createPaymentMethod = asCustomer.route(contract.paymentMethods.create, async ({ body }, context) => {
  const { deps, caller, requestId, resourceSeed } = context;
  const { customerId, userId } = caller;
  const { nationalId = null, replacesId = null, expiresAt: expiresAtText, ...limits } = body;
  const expiresAt = wallOf(expiresAtText);
  const lifeMs = expiresAt - deps.wall();
  if (lifeMs < shortestMs || lifeMs > longestMs) {
    const detail = "Must be at least 31 days and at most 3 years from now.";
    return problemOf("validation_failed", {
      requestId,
      detail,
      errors: [{ pointer: "/body/expiresAt", code: "out_of_range", detail }],
    });
  }
  const { mobile } = await findPerson(atHome(deps).db, userId);
  if (mobile === null) return refusal(context, "mobile_not_verified", "Prove a mobile number by code first.");

  const bucket = bucketOf(customerId);
  const paymentMethodId = idFromSeed("pm", resourceSeed, bucket);
  const personId = idFromSeed("per", resourceSeed, bucket);
  const sealed = await sealPayer(deps, personId, { mobile, nationalId });
  const slice = await transact(deps, {
    customerId,
    actor: `user:${userId}`,
    persons: [{ id: personId, sealed, digests: await digestsOf(deps, { mobile }) }],
    decide: (current, now) => {
      if (current.state.paymentMethods[paymentMethodId]) return [];
      const customer = { id: customerId, userId };
      const input = { customer, paymentMethodId, personId, expiresAt, replacesId, ...limits };
      return decideCreatePaymentMethod(current, input, now);
    },
  });
  if (isRejection(slice)) return refused(context, slice);

  const created = heldMethod(slice.state.paymentMethods[paymentMethodId], paymentMethodId);
  const opened = created.agreementId === null ? await openSigning(deps, created) : created;
  if (isRejection(opened)) return refused(context, opened);
  const banks = opened.agreementId === null ? [] : await listSigningBanks(deps, opened.agreementId);
  if (isRejection(banks)) return refused(context, banks);
  return answered(context, 201, { paymentMethod: presentPaymentMethod(opened), banks: banks.map(presentBank) });
});
