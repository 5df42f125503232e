// What the buttons under a quote do: subscribe by the direct debit, on a page of the gateway, or for free; or open the
// agreement that is to be signed first.
import { PaymentMethodId, PriceId } from "../../../contract/common/id.ts";
import { offerAmong, productsOf } from "../account/held.ts";
import { accepted } from "../site/api.ts";
import { choiceCookie, idIn, type Onward, type OwnVisit } from "../site/visit.ts";
import { openAgreement, provingFor } from "./open-agreement.ts";
import { previewed } from "./quoted.ts";
import { extrasIn, fullRials } from "./seats.tsx";

export function buyByDebit(visit: OwnVisit): Promise<Onward> {
  return bought(visit, { paymentMethodId: idIn(PaymentMethodId, visit.form.get("paymentMethodId")) });
}

export function buyAtCheckout(visit: OwnVisit): Promise<Onward> {
  return bought(visit, { collection: "checkout" });
}

export function buyFree(visit: OwnVisit): Promise<Onward> {
  return bought(visit, {});
}

type Way = { readonly paymentMethodId?: PaymentMethodId; readonly collection?: "checkout" };

async function bought(visit: OwnVisit, way: Way): Promise<Onward> {
  const { api, form, params } = visit;
  const [couponCode, quoteId] = [form.get("couponCode"), form.get("quoteId")];
  const body = {
    priceId: idIn(PriceId, params["priceId"]),
    trial: form.get("trial") !== "no",
    ...extrasIn(form),
    ...(couponCode && { couponCode }),
    ...(quoteId && { quoteId }),
    ...way,
  };
  const answer = await api.subscriptions.create({ body });
  const refusal = answer.status === 409 ? answer.body.code : null;
  if (refusal === "trial_used") return { goTo: hereWith(visit, { trial: "no", done: "noTrial" }) };
  if (refusal === "mobile_not_verified") return { goTo: provingFor(hereWith(visit, {})) };
  const taken = accepted(answer, 201, 202);
  const cookie = { name: choiceCookie, value: "", maxAgeS: 0 };
  if (taken.status === 201) return { goTo: "/account?done=subscribed", cookie };
  const { checkout, paymentId } = taken.body.data;
  return { goTo: checkout?.url ?? `/account/payments/${paymentId}`, cookie };
}

/** Opens the agreement that is to be signed first, and comes back here. */
export async function sign(visit: OwnVisit): Promise<Onward> {
  const priceId = idIn(PriceId, visit.params["priceId"]);
  const [sold, { effectiveAt: now }] = await Promise.all([productsOf(visit), previewed(visit, { trial: false })]);
  const neededRials = fullRials(visit, { sold, price: offerAmong(sold, priceId).price });
  return openAgreement(visit, { neededRials, now, onward: hereWith(visit, {}) });
}

function hereWith({ url }: OwnVisit, more: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(url.search);
  query.delete("done");
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return query.size === 0 ? url.pathname : `${url.pathname}?${query}`;
}
