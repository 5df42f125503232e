// Subscribing to a price: the quote first, then a way to pay. What is shown is what the decision would come to, and its
// `quoteId` goes along, so that nothing else is charged.
import type { PaymentMethod } from "../../../contract/payment-method.ts";
import { isActive, methodsOf, offerAmong, productsOf } from "../account/held.ts";
import { Field, Hidden } from "../site/parts.tsx";
import type { OwnPage, OwnVisit } from "../site/visit.ts";
import { count, nameOf, perInterval } from "../site/words.ts";
import { QuoteSum } from "./quote.tsx";
import { quotedFor } from "./quoted.ts";
import { buyAtCheckout, buyByDebit, buyFree, sign } from "./subscribe-actions.ts";
import { Ways } from "./ways.tsx";

export const subscribe: OwnPage = {
  path: "/subscribe/:priceId",
  who: "subscriber",
  show: async (visit) => {
    const { texts, params } = visit;
    const { subscribe: words, products } = texts.site;
    const [sold, methods] = await Promise.all([productsOf(visit), methodsOf(visit)]);
    const { product, price } = offerAmong(sold, params["priceId"] ?? "");
    const quoted = await quotedFor(visit);
    const told = { ...visit, trouble: visit.trouble ?? quoted.trouble };
    const content = (
      <>
        <section class="card">
          <p>{products.quota(count(texts, product.messageQuota), perInterval(texts, price))}</p>
          <p class="quiet">{products.quotaMeaning}</p>
          <QuoteSum texts={texts} quote={quoted.quote} />
          {price.amountRials === 0 ? null : <Coupon visit={told} applied={quoted.coupon} />}
        </section>
        <Ways visit={visit} method={carrying(methods, visit.totalOf(price))} quoted={quoted} />
      </>
    );
    return { title: words.title(nameOf(texts, product)), content };
  },
  actions: { debit: buyByDebit, checkout: buyAtCheckout, free: buyFree, sign },
};

function carrying(methods: readonly PaymentMethod[], fullRials: number): PaymentMethod | null {
  return methods.find((method) => isActive(method) && method.maxAmountRials >= fullRials) ?? null;
}

/** A form that asks: the coupon stands in the address, and the quote is made anew with it. */
function Coupon({ visit, applied }: { visit: OwnVisit; applied: string | null }) {
  const { subscribe: words } = visit.texts.site;
  const isNoTrial = visit.url.searchParams.get("trial") === "no";
  return (
    <details open={applied !== null || visit.trouble?.field === "coupon"}>
      <summary>{words.coupon}</summary>
      <form class="inline">
        {isNoTrial ? <Hidden fields={{ trial: "no" }} /> : null}
        <Field
          visit={visit}
          name="coupon"
          label={words.coupon}
          isOptional
          maxlength={40}
          value={visit.url.searchParams.get("coupon") ?? ""}
        />
        <button class="second">{words.apply}</button>
      </form>
      {applied === null ? null : <p class="quiet">{words.applied(applied)}</p>}
    </details>
  );
}
