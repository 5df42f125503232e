// What is overdue, or begins a subscription: the amount, and one button. The direct debit is tried when there is one; a card
// always may be.
import { SubscriptionId } from "../../../contract/common/id.ts";
import type { Payment } from "../../../contract/payment.ts";
import { accepted } from "../site/api.ts";
import { Amount, Button, notice } from "../site/parts.tsx";
import { idIn, type Onward, type OwnPage, type OwnVisit, type View } from "../site/visit.ts";
import { day, nameOf, toman } from "../site/words.ts";
import { askedFor, invoicesOf, methodsOf, owedFor, paymentsOf, productOf, subscriptionHere } from "./held.ts";

const refreshS = 5;

export const pay: OwnPage = {
  path: "/account/pay/:subscriptionId",
  who: "subscriber",
  show: async (visit) => {
    const { texts } = visit;
    const { pay: words, payment, account } = texts.site;
    const subscription = await subscriptionHere(visit);
    const [invoices, payments, methods, product] = await Promise.all([
      invoicesOf(visit),
      paymentsOf(visit),
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
    const asked = askedFor(owed, payments);
    if (asked) return asking(visit, asked);
    const method = methods.find(({ id, status }) => id === subscription.paymentMethodId && status === "active");
    const isFirst = subscription.status === "incomplete";
    const content = (
      <>
        <p>{isFirst ? account.states.incomplete : words.text(nameOf(texts, product))}</p>
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
    return { title: isFirst ? account.first : words.title, isAlone: true, content };
  },
  actions: {
    debit: (visit) => paid(visit, "direct_debit"),
    checkout: (visit) => paid(visit, "checkout"),
  },
};

/** No button while another may be paying already: the page shows itself anew until the bank has told. */
function asking({ texts }: OwnVisit, { id, status, amountRials }: Payment): View {
  const { pay: words, payment, account } = texts.site;
  const amount = toman(texts, amountRials);
  const way = (
    <div class="actions">
      <a class="button second" href={`/account/payments/${id}`}>
        {account.details}
      </a>
      <a class="button second" href="/account">
        {payment.back}
      </a>
    </div>
  );
  // What a person of ours looks at is not over in seconds.
  if (status === "needs_review") {
    return notice({ title: payment.reviewing.title, text: words.reviewing(amount) }, way);
  }
  return { ...notice({ title: payment.asking.title, text: words.asking(amount) }, way), refreshS };
}

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
