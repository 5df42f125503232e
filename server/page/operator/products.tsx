// What is sold: the products that are for sale, and one with its prices, of which none ever changes.
import { PriceId, ProductId } from "../../../contract/common/id.ts";
import type { Price, Product } from "../../../contract/product.ts";
import type { Texts } from "../../text/texts.ts";
import { accepted } from "../site/api.ts";
import { Button, Facts, Field, Form, Tag } from "../site/parts.tsx";
import { idIn, typed, type OperatorPage, type Visit } from "../site/visit.ts";
import { count, descriptionOf, nameOf } from "../site/words.ts";
import { NewPrice, priceIn } from "./new-price.tsx";
import { Choice, chosenIn, Code, cursorIn, More, wholeNumberIn, wordsIn } from "./parts.tsx";
import { rials } from "./words.ts";

const limit = 25;

export const soldProducts: OperatorPage = {
  path: "/operator/products",
  who: "operator",
  show: async (visit) => {
    const { texts, api } = visit;
    const { catalogue: words, nothing } = texts.operator;
    const { data, page } = accepted(await api.products.list({ query: { limit, ...cursorIn(visit) } }), 200).body;
    const content = (
      <>
        <p>{words.productsText}</p>
        <section class="card">
          {data.length === 0 ? <p class="quiet">{nothing}</p> : null}
          <ul class="plain">
            {data.map((product) => (
              <li class="row">
                <a href={`/operator/products/${product.id}`}>
                  <bdi>{nameOf(texts, product)}</bdi>
                </a>
                <span class="quiet">{pricesOf(texts, product)}</span>
              </li>
            ))}
          </ul>
        </section>
        <More visit={visit} nextCursor={page.nextCursor} />
        <section class="card">
          <h2>{words.newProduct}</h2>
          <Form visit={visit} does="create">
            <Field visit={visit} name="name" label={words.name} maxlength={80} dir="auto" />
            <Field visit={visit} name="description" label={words.description} maxlength={500} dir="auto" isOptional />
            <Field visit={visit} name="messageQuota" label={words.messageQuota} maxlength={24} />
            <Choice visit={visit} name="grantOn" label={words.grantOn} options={words.grantOns} />
            <Field
              visit={visit}
              name="roundtableId"
              label={words.roundtableId}
              hint={words.optional}
              maxlength={80}
              isOptional
            />
            <Field
              visit={visit}
              name="features"
              label={words.features}
              hint={words.featuresHint}
              maxlength={400}
              isOptional
            />
            <Choice visit={visit} name="sold" label={words.sold} options={words.solds} />
            <button>{words.create}</button>
          </Form>
        </section>
      </>
    );
    return { title: words.products, content };
  },
  actions: {
    create: async (visit) => {
      const roundtableId = visit.form.get("roundtableId")?.trim() ?? "";
      const body = {
        name: typed(visit, "name"),
        description: visit.form.get("description")?.trim() ?? "",
        messageQuota: wholeNumberIn(visit, "messageQuota"),
        grantOn: chosenIn(visit, "grantOn", ["period_start", "payment"]),
        roundtableId: roundtableId === "" ? null : roundtableId,
        features: wordsIn(visit, "features"),
        addOn: visit.form.get("sold") === "beside",
      };
      const { id } = accepted(await visit.api.products.create({ body }), 201).body.data;
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
              [words.sold, product.addOn ? words.solds.beside : words.solds.alone],
              ...(product.features.length === 0
                ? []
                : [[words.features, <Code>{product.features.join(" ")}</Code>] as const]),
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

function Prices({ visit, prices }: { visit: Visit; prices: readonly Price[] }) {
  const { texts } = visit;
  const { catalogue: words, nothing } = texts.operator;
  return (
    <section class="card">
      <h2>{words.prices}</h2>
      {prices.length === 0 ? <p class="quiet">{nothing}</p> : null}
      <ul class="plain">
        {prices.map((price) => (
          <li>
            <p class="row">
              <strong>{rials(texts, price.amountRials)}</strong>
              <Tag of={price.active ? "active" : "ended"}>{price.active ? words.forSale : words.notForSale}</Tag>
            </p>
            <p>{termsOf(texts, price)}</p>
            <p class="row">
              <Code>{price.id}</Code>
              {price.active ? (
                <Button visit={visit} does="archivePrice" of={{ id: price.id }} look="plainly">
                  {words.archive}
                </Button>
              ) : null}
            </p>
          </li>
        ))}
      </ul>
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
