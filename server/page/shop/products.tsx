// What is for sale, to anybody: each price with VAT, and what its messages mean in words.
import type { Price, Product } from "../../../contract/product.ts";
import type { Subscription } from "../../../contract/subscription.ts";
import { isLive, onceFor, productsOf, subscriptionsOf } from "../account/held.ts";
import { Tag } from "../site/parts.tsx";
import type { OpenPage, Visit } from "../site/visit.ts";
import { count, descriptionOf, intervalOf, nameOf, perInterval, toman } from "../site/words.ts";
import { amountText } from "../../text/amount.ts";

export const products: OpenPage = {
  path: "/products",
  who: "anyone",
  show: async (visit) => {
    const { me, texts } = visit;
    const { products: words } = texts.site;
    const [sold, subscriptions] = await Promise.all([
      productsOf(visit),
      me ? subscriptionsOf({ ...visit, me }) : ([] as const),
    ]);
    const offers = sold
      .filter(({ addOn }) => !addOn)
      .flatMap((product) =>
        product.prices
          .filter(isOffered)
          .toSorted((a, b) => a.amountRials - b.amountRials)
          .map((price) => ({ product, price })),
      );
    const mine = subscriptions.filter(isLive);
    const content = (
      <>
        <p>{words.text}</p>
        {offers.length === 0 ? <p>{words.none}</p> : null}
        <div class="grid">
          {offers.map(({ product, price }) => (
            <Offer visit={visit} product={product} price={price} mine={mine} />
          ))}
        </div>
        {me && onceFor(sold).length > 0 ? (
          <p>
            <a href="/account/extras">{texts.site.extras.title}</a>
          </p>
        ) : null}
        <p class="quiet">{words.quotaMeaning}</p>
      </>
    );
    return { title: words.title, content };
  },
};

/** The front door. */
export const home: OpenPage = {
  path: "/",
  who: "anyone",
  show: async ({ me }) => ({ goTo: me ? "/account" : "/products" }),
};

/** A one-time price is bought beside a subscription and begins none. */
function isOffered({ active, interval }: Price): boolean {
  return active && interval !== null;
}

interface Offered {
  readonly visit: Visit;
  readonly product: Product;
  readonly price: Price;
  readonly mine: readonly Subscription[];
}

function Offer({ visit, product, price, mine }: Offered) {
  const { texts, totalOf } = visit;
  const { products: words, units } = texts.site;
  const total = totalOf(price);
  return (
    <section class="card">
      <div class="row">
        <h2>
          <bdi>{nameOf(texts, product)}</bdi>
        </h2>
        <span class="tag">{intervalOf(texts, price)}</span>
      </div>
      <p class="quiet">{descriptionOf(texts, product)}</p>
      {total === 0 ? (
        <p class="amount">{units.free}</p>
      ) : (
        <p>
          <span class="amount offer">
            {toman(texts, total)} <small>{perInterval(texts, price)}</small>
          </span>
          <br />
          <span class="quiet">
            {units.rials(amountText(texts.language, total))} · {words.withVat}
          </span>
        </p>
      )}
      <p>{words.quota(count(texts, product.messageQuota), perInterval(texts, price))}</p>
      <Features visit={visit} product={product} />
      {price.trialDays > 0 && !isMine(price, mine) ? (
        <p class="quiet">{words.trial(count(texts, price.trialDays))}</p>
      ) : null}
      <div class="push">
        <Way visit={visit} price={price} mine={mine} />
      </div>
    </section>
  );
}

function Features({ visit, product }: Pick<Offered, "visit" | "product">) {
  if (product.features.length === 0) return null;
  const names = product.translations[visit.texts.language]?.features ?? {};
  return (
    <ul>
      {product.features.map((feature) => (
        <li>
          <bdi>{names[feature] ?? feature}</bdi>
        </li>
      ))}
    </ul>
  );
}

function isMine({ id }: Price, mine: readonly Subscription[]): boolean {
  return mine.some(({ priceId }) => priceId === id);
}

/** To subscribing; to a change of what one has already; or nowhere, since this is it. */
function Way({ visit, price, mine }: Omit<Offered, "product">) {
  const { products: words } = visit.texts.site;
  if (isMine(price, mine)) return <Tag of="active">{words.yours}</Tag>;
  const other = mine.find(({ status }) => status === "active" || status === "trialing");
  const [href, name] = other
    ? [`/account/change/${other.id}?to=${price.id}`, words.change]
    : [`/subscribe/${price.id}`, words.choose];
  return (
    <a class={other ? "button second wide" : "button wide"} href={href}>
      {name}
    </a>
  );
}
