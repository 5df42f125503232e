// Changing to another price: choose, see what it costs and when it begins, and only then confirm.
import { PriceId, SubscriptionId } from "../../../contract/common/id.ts";
import type { Price, Product } from "../../../contract/product.ts";
import type { Quote, Subscription } from "../../../contract/subscription.ts";
import { QuoteSum } from "../shop/quote.tsx";
import { addOnsFor, ExtraFields, extrasIn, isMore, SameExtras } from "../shop/seats.tsx";
import { accepted } from "../site/api.ts";
import { Form, Hidden, notice } from "../site/parts.tsx";
import { idIn, type OwnPage, type OwnVisit, type View } from "../site/visit.ts";
import { day, nameOf, priceText } from "../site/words.ts";
import { offerAmong, productOf, productsOf, subscriptionHere, type Offered } from "./held.ts";

export const change: OwnPage = {
  path: "/account/change/:subscriptionId",
  who: "subscriber",
  show: async (visit) => {
    const [subscription, sold] = await Promise.all([subscriptionHere(visit), productsOf(visit)]);
    const wanted = visit.url.searchParams.get("to");
    if (wanted === null) return choosing(visit, subscription, sold);
    const { product, price } = offerAmong(sold, wanted);
    const answer = await visit.api.subscriptions.previewChange({
      params: { subscriptionId: subscription.id },
      body: { priceId: price.id, ...extrasIn(visit.url.searchParams) },
    });
    if (answer.status === 409 && answer.body.code === "payment_method_cannot_carry") {
      return tooSmall(visit, subscription, price);
    }
    return confirming(visit, { product, price, quote: accepted(answer, 200).body.data });
  },
  actions: {
    confirm: async (visit) => {
      const quoteId = visit.form.get("quoteId");
      const answer = await visit.api.subscriptions.change({
        params: { subscriptionId: idIn(SubscriptionId, visit.params["subscriptionId"]) },
        body: {
          priceId: idIn(PriceId, visit.form.get("priceId")),
          ...extrasIn(visit.form),
          ...(quoteId && { quoteId }),
        },
      });
      const taken = accepted(answer, 200, 202);
      if (taken.status === 200) {
        const isLater = taken.body.data.scheduledChange !== null;
        return { goTo: `/account?done=${isLater ? "changeScheduled" : "changed"}` };
      }
      const { checkout, paymentId } = taken.body.data;
      return { goTo: checkout?.url ?? `/account/payments/${paymentId}` };
    },
  },
};

async function choosing(visit: OwnVisit, subscription: Subscription, sold: readonly Product[]): Promise<View> {
  const { texts, totalOf } = visit;
  const { change: words } = texts.site;
  const current = await productOf(visit, subscription.productId);
  const others = sold
    .filter(({ addOn }) => !addOn)
    .flatMap((product) =>
      product.prices.filter(({ active, interval }) => active && interval !== null).map((price) => ({ product, price })),
    )
    .toSorted((a, b) => Number(isOwn(subscription, a)) - Number(isOwn(subscription, b)));
  const content = (
    <>
      <p>{words.now(nameOf(texts, current))}</p>
      {others.length === 0 ? (
        <p>{words.none}</p>
      ) : (
        <form class="card">
          <fieldset>
            <legend>{words.choose}</legend>
            {others.map(({ product, price }, index) => (
              <label class="choice">
                <input type="radio" name="to" value={price.id} checked={index === 0} required />
                <span>
                  <bdi>{nameOf(texts, product)}</bdi> · {priceText(texts, totalOf(price), price)}
                  {isOwn(subscription, { product, price }) ? ` · ${texts.site.products.yours}` : null}
                </span>
              </label>
            ))}
          </fieldset>
          <details open={isMore(subscription)}>
            <summary>{texts.site.seats.title}</summary>
            <ExtraFields visit={visit} held={subscription} offers={addOnsFor(sold)} />
          </details>
          <button>{words.preview}</button>
        </form>
      )}
    </>
  );
  return { title: words.title, content };
}

/** The price that it has: for who changes only how many of it, or what comes on top. */
function isOwn({ priceId }: Subscription, { price }: Offered): boolean {
  return price.id === priceId;
}

/** The agreement was signed for less: another one first, and then back here. */
function tooSmall({ texts, url }: OwnVisit, { id }: Subscription, price: Price): View {
  const { subscribe, change: words } = texts.site;
  const ways = (
    <div class="actions">
      <a class="button" href={`/account/sign/${id}?for=${price.id}`}>
        {subscribe.signButton}
      </a>
      <a class="button second" href={url.pathname}>
        {words.back}
      </a>
    </div>
  );
  return notice({ title: words.title, text: words.tooSmall }, ways);
}

interface Wanted {
  readonly product: Product;
  readonly price: Price;
  readonly quote: Quote;
}

function confirming(visit: OwnVisit, { product, price, quote }: Wanted): View {
  const { texts, url, totalOf } = visit;
  const { change: words } = texts.site;
  const isLater = quote.dueRials === 0 && quote.lines.length === 0;
  const content = (
    <>
      <section class="card">
        <p class="state">{isLater ? words.later(day(texts, quote.effectiveAt)) : words.atOnce}</p>
        <p>{isLater ? words.laterWhy : words.atOnceWhy}</p>
        <p>{words.costs(nameOf(texts, product), priceText(texts, totalOf(price), price))}</p>
        {isLater ? null : <QuoteSum texts={texts} quote={quote} />}
      </section>
      <Form visit={visit} does="confirm">
        <Hidden fields={{ priceId: price.id, ...(quote.quoteId !== null && { quoteId: quote.quoteId }) }} />
        <SameExtras query={url.searchParams} />
        <div class="actions">
          <button>{words.confirm}</button>
          <a class="button second" href={url.pathname}>
            {words.back}
          </a>
        </div>
      </Form>
    </>
  );
  return { title: words.to(nameOf(texts, product)), content };
}
