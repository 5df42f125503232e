// What is sold: the products that are for sale, and one with its prices, of which none ever changes.
import type { Child } from "hono/jsx";
import { PriceId, ProductId } from "../../../contract/common/id.ts";
import type { Price, Product } from "../../../contract/product.ts";
import type { Texts } from "../../text/texts.ts";
import { accepted } from "../site/api.ts";
import { Button, Facts, Tag } from "../site/parts.tsx";
import { idIn, type OperatorPage, type Visit } from "../site/visit.ts";
import { count, descriptionOf, nameOf } from "../site/words.ts";
import { NewPrice, priceIn } from "./new-price.tsx";
import { NewProduct, productIn } from "./new-product.tsx";
import { Code, cursorIn, More, Rows } from "./parts.tsx";
import { rials } from "./words.ts";

const limit = 25;

export const soldProducts: OperatorPage = {
  path: "/operator/products",
  who: "operator",
  show: async (visit) => {
    const { texts, api } = visit;
    const { catalogue: words } = texts.operator;
    const { data, page } = accepted(await api.products.list({ query: { limit, ...cursorIn(visit) } }), 200).body;
    const content = (
      <>
        <p>{words.productsText}</p>
        <section class="card">
          <Rows
            visit={visit}
            heads={[words.product, words.messageQuota, words.prices]}
            of={data}
            row={(product) => (
              <tr>
                <td>
                  <a href={`/operator/products/${product.id}`}>
                    <bdi>{nameOf(texts, product)}</bdi>
                  </a>
                </td>
                <td>{words.messagesOf(count(texts, product.messageQuota))}</td>
                <td class="whole">{pricesOf(texts, product)}</td>
              </tr>
            )}
          />
        </section>
        <More visit={visit} nextCursor={page.nextCursor} />
        <NewProduct visit={visit} />
      </>
    );
    return { title: words.products, content };
  },
  actions: {
    create: async (visit) => {
      const { id } = accepted(await visit.api.products.create({ body: productIn(visit) }), 201).body.data;
      return { goTo: `/operator/products/${id}?done=created` };
    },
  },
};

function pricesOf(texts: Texts, { prices }: Product): string {
  const shown = prices.filter(({ active }) => active).map(({ amountRials }) => rials(texts, amountRials));
  return shown.join(texts.language === "fa" ? "، " : ", ");
}

export const soldProduct: OperatorPage = {
  path: "/operator/products/:productId",
  who: "operator",
  show: async (visit) => {
    const { texts, api, params } = visit;
    const { catalogue: words } = texts.operator;
    const productId = idIn(ProductId, params["productId"]);
    const product = accepted(await api.products.get({ params: { productId } }), 200).body.data;
    const content = (
      <>
        <section class="card">
          <p class="row">
            <span>{descriptionOf(texts, product)}</span>
            <Tag of={product.active ? "active" : "ended"}>{product.active ? words.forSale : words.notForSale}</Tag>
          </p>
          <Facts
            facts={[
              [texts.operator.customers.id, <Code>{product.id}</Code>],
              [words.messageQuota, count(texts, product.messageQuota)],
              [words.grantOn, words.grantOns[product.grantOn]],
              [words.usedUp, words.usedUps[product.whenUsedUp]],
              [words.sold, product.addOn ? words.solds.beside : words.solds.alone],
              ...(product.features.length === 0
                ? []
                : [[words.features, <Code>{product.features.join(" ")}</Code>] as const]),
              ...saidIn(texts, product),
            ]}
          />
          {product.active ? (
            <>
              <p class="quiet">{words.archiveText}</p>
              <Button visit={visit} does="archive" look="danger">
                {words.archive}
              </Button>
            </>
          ) : null}
        </section>
        <Prices visit={visit} prices={product.prices} />
        {product.active ? <NewPrice visit={visit} /> : null}
        <p>
          <a href="/operator/products">{words.products}</a>
        </p>
      </>
    );
    return { title: nameOf(texts, product), content };
  },
  actions: {
    archive: async (visit) => {
      const productId = idIn(ProductId, visit.params["productId"]);
      accepted(await visit.api.products.archive({ params: { productId }, body: {} }), 200);
      return { goTo: `/operator/products/${productId}?done=archived` };
    },
    archivePrice: async (visit) => {
      const productId = idIn(ProductId, visit.params["productId"]);
      const params = { productId, priceId: idIn(PriceId, visit.form.get("id")) };
      accepted(await visit.api.products.archivePrice({ params, body: {} }), 200);
      return { goTo: `/operator/products/${productId}?done=archived` };
    },
    price: async (visit) => {
      const productId = idIn(ProductId, visit.params["productId"]);
      accepted(await visit.api.products.createPrice({ params: { productId }, body: priceIn(visit) }), 201);
      return { goTo: `/operator/products/${productId}?done=created` };
    },
  },
};

/** What it is called in each language, and by the tax office; nothing where nobody said it. */
function saidIn({ operator }: Texts, { translations, taxClass }: Product): (readonly [string, Child])[] {
  const { translated, goodsId, unit } = operator.catalogue;
  const named = (["fa", "en"] as const).flatMap((language) => {
    const said = translations[language];
    if (said === null) return [];
    const parts = [said.name, said.description, ...Object.values(said.features)].filter((part) => part !== "");
    return [[translated[language].name, <bdi lang={language}>{parts.join(" · ")}</bdi>] as const];
  });
  if (taxClass === null) return named;
  return [...named, [goodsId, <Code>{taxClass.goodsId}</Code>], [unit, <Code>{taxClass.unit}</Code>]];
}

function Prices({ visit, prices }: { visit: Visit; prices: readonly Price[] }) {
  const { texts } = visit;
  const { catalogue: words, customers } = texts.operator;
  return (
    <section class="card">
      <h2>{words.prices}</h2>
      <Rows
        visit={visit}
        heads={[customers.amount, customers.status, words.terms, customers.id, ""]}
        of={prices}
        row={(price) => (
          <tr>
            <td class="number">
              <strong>{rials(texts, price.amountRials)}</strong>
            </td>
            <td>
              <Tag of={price.active ? "active" : "ended"}>{price.active ? words.forSale : words.notForSale}</Tag>
            </td>
            <td class="whole">{termsOf(texts, price)}</td>
            <td class="whole">
              <Code>{price.id}</Code>
            </td>
            <td class="whole">
              {price.active ? (
                <Button visit={visit} does="archivePrice" of={{ id: price.id }} look="plainly wrong">
                  {words.archive}
                </Button>
              ) : null}
            </td>
          </tr>
        )}
      />
    </section>
  );
}

/** Example: `Monthly · Jalali · VAT comes on top · 7 days of trial`. */
function termsOf(texts: Texts, { interval, calendar, taxBehavior, trialDays }: Price): string {
  const { catalogue: words } = texts.operator;
  return [
    words.intervals[interval ?? "once"],
    words.calendars[calendar],
    `${words.tax}: ${words.taxes[taxBehavior]}`,
    ...(trialDays > 0 ? [words.trial(count(texts, trialDays))] : []),
  ].join(" · ");
}
