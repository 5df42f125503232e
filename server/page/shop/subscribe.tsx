// Subscribing to a price: the quote first, then a way to pay. What is shown is what the decision would come to, and its
// `quoteId` goes along, so that nothing else is charged.
import type { PaymentMethod } from "../../../contract/payment-method.ts";
import { isActive, methodsOf, offerAmong, productsOf, type Offered } from "../account/held.ts";
import { Field, Hidden } from "../site/parts.tsx";
import type { OwnPage, OwnVisit } from "../site/visit.ts";
import { count, nameOf, perInterval, priceText } from "../site/words.ts";
import { QuoteSum } from "./quote.tsx";
import { quotedFor } from "./quoted.ts";
import { addOnsFor, ExtraFields, extrasIn, fullRials, isMore, SameExtras } from "./seats.tsx";
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
    const { quantity = 1 } = extrasIn(visit.url.searchParams);
    const quoted = await quotedFor(visit);
    const full = fullRials(visit, { sold, price });
    const after = priceText(texts, full, price);
    const told = { ...visit, trouble: visit.trouble ?? quoted.trouble };
    const content = (
      <>
        <section class="card">
          <p>{products.quota(count(texts, product.messageQuota * quantity), perInterval(texts, price))}</p>
          <p class="quiet">{products.quotaMeaning}</p>
          {/* A coupon may take something off the next period as well. */}
          <QuoteSum texts={texts} quote={quoted.quote} {...(quoted.coupon === null && { after })} />
          {price.amountRials === 0 ? null : (
            <>
              <Seats visit={visit} offers={addOnsFor(sold, price)} />
              <Coupon visit={told} applied={quoted.coupon} />
            </>
          )}
        </section>
        <Ways visit={visit} method={carrying(methods, full)} quoted={quoted} />
      </>
    );
    return { title: words.title(nameOf(texts, product)), content };
  },
  actions: { debit: buyByDebit, checkout: buyAtCheckout, free: buyFree, sign },
};

function carrying(methods: readonly PaymentMethod[], neededRials: number): PaymentMethod | null {
  return methods.find((method) => isActive(method) && method.maxAmountRials >= neededRials) ?? null;
}

/** A form that asks: what was chosen stands in the address, and the quote is made anew with it. */
function Seats({ visit, offers }: { visit: OwnVisit; offers: readonly Offered[] }) {
  const { seats, change } = visit.texts.site;
  const { searchParams } = visit.url;
  const held = extrasIn(searchParams);
  const kept = ["trial", "coupon"].flatMap((name) => {
    const value = searchParams.get(name);
    return value === null ? [] : [[name, value]];
  });
  return (
    <details open={isMore(held)}>
      <summary>{seats.title}</summary>
      <form>
        <Hidden fields={Object.fromEntries(kept)} />
        <ExtraFields visit={visit} held={held} offers={offers} />
        <button class="second">{change.preview}</button>
      </form>
    </details>
  );
}

/** The same for a coupon. */
function Coupon({ visit, applied }: { visit: OwnVisit; applied: string | null }) {
  const { subscribe: words } = visit.texts.site;
  const { searchParams } = visit.url;
  return (
    <details open={applied !== null || visit.trouble?.field === "coupon"}>
      <summary>{words.haveCoupon}</summary>
      <form class="inline">
        {searchParams.get("trial") === "no" ? <Hidden fields={{ trial: "no" }} /> : null}
        <SameExtras query={searchParams} />
        <Field
          visit={visit}
          name="coupon"
          label={words.coupon}
          isOptional
          maxlength={40}
          value={searchParams.get("coupon") ?? ""}
        />
        <button class="second">{words.apply}</button>
      </form>
      {applied === null ? null : <p class="quiet">{words.applied(applied)}</p>}
    </details>
  );
}
