// One payment of anybody's, with what the gateway and operators said about it.
import { PaymentId } from "../../../contract/common/id.ts";
import type { TracedPayment } from "../../../contract/payment.ts";
import { accepted } from "../site/api.ts";
import { Facts, Tag } from "../site/parts.tsx";
import { idIn, type OperatorPage, type Visit } from "../site/visit.ts";
import { Action } from "./action.tsx";
import { Code, Evidence } from "./parts.tsx";
import { moment, rials } from "./words.ts";

export const payment: OperatorPage = {
  path: "/operator/payments/:paymentId",
  who: "operator",
  show: async (visit) => {
    const paymentId = idIn(PaymentId, visit.params["paymentId"]);
    const traced = accepted(await visit.api.payments.trace({ params: { paymentId } }), 200).body.data;
    const content = (
      <>
        <div class="columns">
          <Known visit={visit} traced={traced} />
          <Evidence visit={visit} evidence={traced.evidence} />
        </div>
        <p>
          <a href={`/operator/customers/${traced.customerId}`}>{visit.texts.operator.customers.back}</a>
        </p>
      </>
    );
    return { title: visit.texts.operator.payment.title, content };
  },
};

const giveable: ReadonlySet<string> = new Set(["succeeded", "surplus"]);
const notLive: ReadonlySet<string> = new Set(["succeeded", "failed", "lapsed", "closed"]);

function Known({ visit, traced }: { visit: Visit; traced: TracedPayment }) {
  const { texts } = visit;
  const { payment: words, exceptions } = texts.operator;
  const { payment: known, customerId, authority } = traced;
  const { id, status, refId, failureReason, refundedRials, settledAt } = known;
  return (
    <section class="card">
      <p class="row">
        <span class="amount">{rials(texts, known.amountRials)}</span>
        <Tag of={status}>{texts.site.paymentStatus[status]}</Tag>
      </p>
      <Facts
        facts={[
          [exceptions.id, <Code>{id}</Code>],
          [words.kind, words.kinds[known.kind]],
          [words.begun, moment(texts, known.createdAt)],
          ...(settledAt === null ? [] : [[words.settled, moment(texts, settledAt)] as const]),
          ...(failureReason === null ? [] : [[words.failure, <Code>{failureReason}</Code>] as const]),
          ...(refundedRials === 0 ? [] : [[words.refunded, rials(texts, refundedRials)] as const]),
          ...(refId === null ? [] : [[words.reference, <Code>{refId}</Code>] as const]),
          ...(authority === null ? [] : [[words.authority, <Code>{authority}</Code>] as const]),
          [words.invoice, <Code>{known.invoiceId}</Code>],
        ]}
      />
      <div class="actions">
        {giveable.has(status) ? <Action visit={visit} name="refund" about={id} of={customerId} /> : null}
        {notLive.has(status) ? <Action visit={visit} name="ask" about={id} of={customerId} /> : null}
        {status === "succeeded" ? (
          <a class="pick act" href={`/v1/operator/payments/${id}/receipt?language=${texts.language}`}>
            {words.receipt}
          </a>
        ) : null}
      </div>
    </section>
  );
}
