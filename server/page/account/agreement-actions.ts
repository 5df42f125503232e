// What buttons beside a direct debit do.
import { PaymentMethodId } from "../../../contract/common/id.ts";
import { accepted } from "../site/api.ts";
import { idIn, type Onward, type OwnVisit } from "../site/visit.ts";

/** One tap: from its answer on nothing is debited any more. */
export async function cancelAgreement(visit: OwnVisit): Promise<Onward> {
  const params = { paymentMethodId: idIn(PaymentMethodId, visit.form.get("id")) };
  accepted(await visit.api.paymentMethods.cancel({ params, body: {} }), 200);
  return { goTo: "/account?done=agreementCancelled" };
}

export async function confirmAgreement(visit: OwnVisit): Promise<Onward> {
  const params = { paymentMethodId: idIn(PaymentMethodId, visit.form.get("id")) };
  accepted(await visit.api.paymentMethods.confirm({ params, body: {} }), 200);
  return { goTo: "/account?done=agreementConfirmed" };
}
