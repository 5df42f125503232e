// What became of one payment, as far as the bank has told; while it has not, the page asks again by itself.
import { PaymentId, type SubscriptionId } from "../../../contract/common/id.ts";
import type { Payment } from "../../../contract/payment.ts";
import { digitsText } from "../../text/amount.ts";
import type { Notice, Texts } from "../../text/texts.ts";
import { accepted } from "../site/api.ts";
import { Facts } from "../site/parts.tsx";
import { idIn, type OwnPage, type OwnVisit } from "../site/visit.ts";
import { day, tomanAndRials } from "../site/words.ts";

const refreshS = 5;

export const payment: OwnPage = {
  path: "/account/payments/:paymentId",
  who: "subscriber",
  show: async (visit) => {
    const { texts, api, params } = visit;
    const answer = await api.payments.get({ params: { paymentId: idIn(PaymentId, params["paymentId"]) } });
    const found = accepted(answer, 200).body.data;
    const words = texts.site.payment;
    const { title, text } = noticeOf(texts, found);
    const owing = isOver(found) ? await owingOf(visit, found) : null;
    const content = (
      <>
        <section class="card">
          <p>{owing === null ? text : `${text} ${words.again}`}</p>
          <Facts
            facts={[
              [words.of, tomanAndRials(texts, found.amountRials)],
              [words.on, day(texts, found.createdAt)],
              ...(found.refId === null
                ? []
                : [[words.reference, <bdi>{digitsText(texts.language, found.refId)}</bdi>] as const]),
            ]}
          />
        </section>
        <div class="actions">
          {found.status === "succeeded" ? (
            <a class="button second" href={`/v1/payments/${found.id}/receipt?language=${texts.language}`}>
              {texts.site.account.receipt}
            </a>
          ) : null}
          {found.status === "open" ? <ToGateway visit={visit} url={await pageOf(visit, found)} /> : null}
          {owing === null ? null : (
            <a class="button" href={`/account/pay/${owing}`}>
              {texts.site.account.pay}
            </a>
          )}
          <a class="button second" href="/account">
            {words.back}
          </a>
        </div>
      </>
    );
    return { title, isAlone: true, content, ...(isUnderWay(found) && { refreshS }) };
  },
};

async function pageOf({ api }: OwnVisit, { id }: Payment): Promise<string | null> {
  return accepted(await api.checkouts.get({ params: { paymentId: id } }), 200).body.data.url;
}

function ToGateway({ visit, url }: { visit: OwnVisit; url: string | null }) {
  if (url === null) return null;
  return (
    <a class="button" href={url} rel="noreferrer">
      {visit.texts.site.payment.openButton}
    </a>
  );
}

/** The subscription that owes it still; null once another payment has settled it, or it is owed no more. */
async function owingOf({ api }: OwnVisit, { invoiceId }: Payment): Promise<SubscriptionId | null> {
  const { status, subscriptionId } = accepted(await api.invoices.get({ params: { invoiceId } }), 200).body.data;
  return status === "open" ? subscriptionId : null;
}

/** Whether it ended without money. */
function isOver({ status }: Payment): boolean {
  return ["failed", "lapsed", "closed"].includes(status);
}

function isUnderWay({ status }: Payment): boolean {
  return ["created", "submitted", "unknown", "verifying", "open"].includes(status);
}

function noticeOf({ site }: Texts, { status, kind }: Payment): Notice {
  const { payment: words } = site;
  switch (status) {
    case "succeeded":
      return words.paid;
    case "failed":
    case "lapsed":
      return kind === "debit" ? words.declined : words.unpaid;
    case "closed":
      return words.unpaid;
    case "open":
      return words.open;
    case "created":
    case "submitted":
    case "unknown":
    case "verifying":
      return words.asking;
    case "needs_review":
      return words.reviewing;
    case "surplus":
      return words.surplus;
    case "reversed":
    case "refunded":
      return words.returned;
    default:
      return status satisfies never;
  }
}
