// What is bought once: more messages, or whatever else has a one-time price. Paid on the gateway's page.
import { PriceId } from "../../../contract/common/id.ts";
import { accepted } from "../site/api.ts";
import { Amount, Button } from "../site/parts.tsx";
import { idIn, type OwnPage, type OwnVisit } from "../site/visit.ts";
import { count, descriptionOf, nameOf } from "../site/words.ts";
import { onceFor, productsOf, type Offered } from "./held.ts";

export const extras: OwnPage = {
  path: "/account/extras",
  who: "subscriber",
  show: async (visit) => {
    const { extras: words, account } = visit.texts.site;
    const offers = onceFor(await productsOf(visit));
    const content = (
      <>
        <p>{offers.length === 0 ? account.nothing : words.text}</p>
        <div class="grid">
          {offers.map((offer) => (
            <Offer visit={visit} offer={offer} />
          ))}
        </div>
      </>
    );
    return { title: words.title, content };
  },
  actions: {
    buy: async ({ api, form }) => {
      const answer = await api.checkouts.create({ body: { priceId: idIn(PriceId, form.get("id")) } });
      const taken = accepted(answer, 201, 202);
      const { data } = taken.body;
      if ("paymentId" in data) return { goTo: `/account/payments/${data.paymentId}` };
      return { goTo: data.url ?? `/account/payments/${data.id}` };
    },
  },
};

function Offer({ visit, offer: { product, price } }: { visit: OwnVisit; offer: Offered }) {
  const { texts, totalOf } = visit;
  const { extras: words } = texts.site;
  const { topUpMessages: messages, topUpDays: days } = price;
  return (
    <section class="card">
      <h2>
        <bdi>{nameOf(texts, product)}</bdi>
      </h2>
      <p class="quiet">{descriptionOf(texts, product)}</p>
      {messages === null ? null : (
        <p>
          {days === null
            ? words.messages(count(texts, messages))
            : words.messagesFor(count(texts, messages), count(texts, days))}
        </p>
      )}
      <div class="push">
        <p>
          <Amount texts={texts} amountRials={totalOf(price)} />
        </p>
        <Button visit={visit} does="buy" of={{ id: price.id }} look="wide">
          {words.button}
        </Button>
      </div>
    </section>
  );
}
