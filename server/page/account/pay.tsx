// What is overdue: the amount, and one button. The direct debit is tried when there is one; a card always may be.
import { SubscriptionId } from "../../../contract/common/id.ts";
import { accepted } from "../site/api.ts";
import { Amount, Button, notice } from "../site/parts.tsx";
import { idIn, type Onward, type OwnPage, type OwnVisit } from "../site/visit.ts";
import { day, nameOf, toman } from "../site/words.ts";
import { invoicesOf, methodsOf, owedFor, productOf, subscriptionHere } from "./held.ts";

export const pay: OwnPage = {
  path: "/account/pay/:subscriptionId",
  who: "subscriber",
  show: async (visit) => {
    const { texts } = visit;
    const { pay: words, payment } = texts.site;
    const subscription = await subscriptionHere(visit);
    const [invoices, methods, product] = await Promise.all([
      invoicesOf(visit),
      methodsOf(visit),
      productOf(visit, subscription.productId),
    ]);
    const owed = owedFor(subscription, invoices);
    const back = (
      <a class="button second" href="/account">
        {payment.back}
      </a>
    );
    if (!owed) return notice({ title: words.title, text: words.nothing }, back);
    const method = methods.find(({ id, status }) => id === subscription.paymentMethodId && status === "active");
    const content = (
      <>
        <p>{words.text(nameOf(texts, product))}</p>
        <section class="card due">
          <Amount texts={texts} amountRials={owed.dueRials} />
          <div class="actions">
            {method ? (
              <Button visit={visit} does="debit">
                {words.debitButton}
              </Button>
            ) : null}
            <Button visit={visit} does="checkout" {...(method && { look: "second" })}>
              {method ? words.checkoutButton : words.button(toman(texts, owed.dueRials))}
            </Button>
          </div>
        </section>
        {owed.nextAttemptAt === null || !method ? null : (
          <p class="quiet">{words.retry(day(texts, owed.nextAttemptAt))}</p>
        )}
      </>
    );
    return { title: words.title, isAlone: true, content };
  },
  actions: {
    debit: (visit) => paid(visit, "direct_debit"),
    checkout: (visit) => paid(visit, "checkout"),
  },
};

async function paid(visit: OwnVisit, collection: "direct_debit" | "checkout"): Promise<Onward> {
  const params = { subscriptionId: idIn(SubscriptionId, visit.params["subscriptionId"]) };
  const answer = accepted(await visit.api.subscriptions.pay({ params, body: { collection } }), 200, 201, 202);
  switch (answer.status) {
    case 200:
      return { goTo: "/account?done=paid" };
    case 201:
      return { goTo: answer.body.data.url ?? `/account/payments/${answer.body.data.id}` };
    case 202:
      return { goTo: `/account/payments/${answer.body.data.paymentId}` };
    default:
      return answer satisfies never;
  }
}
