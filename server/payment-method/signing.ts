// Opening an agreement at the gateway and the banks to sign it at. No money moves; a lost answer leaves an agreement
// that nobody can sign, since only its authority leads there.
import type { PaymentMethodId, SecretId } from "../../contract/common/id.ts";
import { after, dayMs } from "../billing/clock.ts";
import { bucketOf, idsOf } from "../billing/ids.ts";
import { decideSigningOpened } from "../billing/payment-method.ts";
import { isRejection, reject, type Rejection } from "../billing/rejection.ts";
import type { PaymentMethod } from "../billing/state.ts";
import type { Deps } from "../deps.ts";
import { PersonalData } from "../store/payer.ts";
import { loadPerson, loadSecret } from "../store/secret.ts";
import { transact } from "../store/transact.ts";
import type { Bank } from "../zarinpal/gateway.ts";

/** The gateway reads the end of the agreement in a zone it does not name; a day more keeps ours inside. */
const expiryMarginMs = dayMs;

type Refusal = Rejection<"gateway_unavailable" | "busy">;

/** Opens the agreement of a payment method that has none yet; answers it as it then is. */
export async function openSigning(deps: Deps, method: PaymentMethod): Promise<PaymentMethod | Refusal> {
  const sealedPerson = await loadPerson(deps.db, method.personId);
  if (sealedPerson === null) throw new Error(`${method.personId} is gone, but ${method.id} needs it`);
  const { mobile, nationalId } = PersonalData.parse(JSON.parse(await deps.sealer.open(sealedPerson, method.personId)));
  const outcome = await deps.gateway.requestAgreement({
    mobile,
    nationalId,
    expiresAtMs: after(method.expiresAt, expiryMarginMs),
    maxDailyCount: method.maxDailyCount,
    maxMonthlyCount: method.maxMonthlyCount,
    maxAmountRials: method.maxAmountRials,
    callbackUrl: `${deps.config.publicUrl}/v1/callbacks/payment-methods/${method.id}`,
  });
  if (outcome.kind !== "settled") return unavailable(outcome.evidence.code);
  return rememberAgreement(deps, method, outcome.value.paymanAuthority);
}

/** The banks at which an opened agreement can be signed. */
export async function listSigningBanks(
  deps: Deps,
  agreementId: SecretId,
): Promise<readonly Bank[] | Rejection<"gateway_unavailable">> {
  const paymanAuthority = await deps.sealer.open(await loadSecret(deps.db, agreementId), agreementId);
  const outcome = await deps.gateway.listBanks({ paymanAuthority });
  return outcome.kind === "settled" ? outcome.value.banks : unavailable(outcome.evidence.code);
}

async function rememberAgreement(
  deps: Deps,
  method: PaymentMethod,
  authority: string,
): Promise<PaymentMethod | Rejection<"busy">> {
  const agreementId = idsOf(bucketOf(method.customerId), deps.wall(), deps.random).next("sec");
  const slice = await transact<never>(deps, {
    customerId: method.customerId,
    actor: "system",
    secrets: [{ id: agreementId, sealed: await deps.sealer.seal(authority, agreementId) }],
    decide: (current, now) => decideSigningOpened(current, { paymentMethodId: method.id, agreementId }, now),
  });
  return isRejection(slice) ? slice : heldMethod(slice.state.paymentMethods[method.id], method.id);
}

/** A payment method that the state must hold, since its id came from there. */
export function heldMethod(method: PaymentMethod | undefined, id: PaymentMethodId): PaymentMethod {
  if (!method) throw new Error(`${id} is not in the state that was loaded`);
  return method;
}

function unavailable(code: number | null): Rejection<"gateway_unavailable"> {
  const said = code === null ? "did not answer" : `answered ${code}`;
  return reject("gateway_unavailable", `The gateway ${said}; nothing was charged. Try again with the same key.`);
}
