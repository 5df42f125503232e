// A direct debit for a subscription that runs: a new one in the place of one that ends, is too small or was cancelled; or
// one that is signed already.
import { PriceId, SubscriptionId } from "../../../contract/common/id.ts";
import type { Price } from "../../../contract/product.ts";
import type { Subscription } from "../../../contract/subscription.ts";
import { openAgreement } from "../shop/open-agreement.ts";
import { SignForm } from "../shop/sign-form.tsx";
import { accepted } from "../site/api.ts";
import { Button } from "../site/parts.tsx";
import { idIn, missing, type OwnPage, type OwnVisit } from "../site/visit.ts";
import { nameOf } from "../site/words.ts";
import { isActive, methodsOf, offerAmong, productOf, productsOf, subscriptionHere } from "./held.ts";

export const sign: OwnPage = {
  path: "/account/sign/:subscriptionId",
  who: "subscriber",
  show: async (visit) => {
    const { texts } = visit;
    const { agreement, subscribe } = texts.site;
    const subscription = await subscriptionHere(visit);
    const [product, methods, price] = await Promise.all([
      productOf(visit, subscription.productId),
      methodsOf(visit),
      priceFor(visit, subscription),
    ]);
    const other = methods.find(
      (method) =>
        isActive(method) && method.id !== subscription.paymentMethodId && method.maxAmountRials >= visit.totalOf(price),
    );
    const content = (
      <section class="card">
        <h2>
          <bdi>{nameOf(texts, product)}</bdi>
        </h2>
        {other ? (
          <>
            <p>{subscribe.debitText}</p>
            <Button visit={visit} does="use" of={{ id: other.id }} look="wide">
              {agreement.useButton}
            </Button>
          </>
        ) : (
          <>
            <p>{subscribe.signText}</p>
            <SignForm visit={visit} />
          </>
        )}
      </section>
    );
    return { title: agreement.title, isAlone: true, content };
  },
  actions: {
    sign: async (visit) => {
      const subscription = await subscriptionHere(visit);
      const [methods, price] = await Promise.all([methodsOf(visit), priceFor(visit, subscription)]);
      const { id: subscriptionId, paymentMethodId, currentPeriod } = subscription;
      const replaced = methods.find(
        ({ id, status }) => id === paymentMethodId && (status === "active" || status === "expired"),
      );
      const onward = `${visit.url.pathname}${visit.url.search}`;
      const wanted = { neededRials: visit.totalOf(price), now: currentPeriod.endsAt };
      return openAgreement(
        visit,
        replaced
          ? { ...wanted, replacesId: replaced.id, onward: wishOf(visit, subscriptionId) }
          : { ...wanted, onward },
      );
    },
    use: async (visit) => {
      const paymentMethodId = visit.form.get("id");
      const subscriptionId = idIn(SubscriptionId, visit.params["subscriptionId"]);
      const [method] = (await methodsOf(visit)).filter(({ id }) => id === paymentMethodId);
      if (!method) throw missing();
      const body = { paymentMethodId: method.id };
      accepted(await visit.api.subscriptions.setPaymentMethod({ params: { subscriptionId }, body }), 200);
      return { goTo: "/account?done=agreementUsed" };
    },
  },
};

/** The price that it must carry: the one in the address, which is to be changed to, else the subscription's own. */
async function priceFor(visit: OwnVisit, { productId, priceId }: Subscription): Promise<Price> {
  const wanted = visit.url.searchParams.get("for");
  if (wanted !== null) return offerAmong(await productsOf(visit), idIn(PriceId, wanted)).price;
  const price = (await productOf(visit, productId)).prices.find(({ id }) => id === priceId);
  if (!price) throw missing();
  return price;
}

/** Once a new one has taken the old one's place: back to the change it was signed for, or to the subscription. */
function wishOf({ url }: OwnVisit, subscriptionId: SubscriptionId): string {
  const wanted = url.searchParams.get("for");
  return wanted === null ? "/account" : `/account/change/${subscriptionId}?to=${encodeURIComponent(wanted)}`;
}
