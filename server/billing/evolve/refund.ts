// What happens to refunds, and by them to their payment and the customer's credit.
import type { EventBody } from "../../../contract/billing-event.ts";
import type { Rials } from "../../../contract/common/money.ts";
import { wallOf } from "../clock.ts";
import { addRials, subtractRials } from "../money.ts";
import { all, type CustomerState, type Refund } from "../state.ts";
import {
  held,
  wallOrNull,
  withCustomer,
  withInvoice,
  withNew,
  withPayment,
  withRefund,
  type EventAbout,
  type Occurrence,
} from "./entities.ts";

export function evolveRefund(
  state: CustomerState,
  event: EventAbout<"refund">,
  { customerId }: Occurrence,
): CustomerState {
  switch (event.type) {
    case "refund.created": {
      const ordered = withNew(state, "refunds", {
        id: event.data.refundId,
        customerId,
        paymentId: event.data.paymentId,
        invoiceId: event.data.invoiceId,
        source: event.data.source,
        method: event.data.method,
        status: "pending",
        amountRials: event.data.amountRials,
        netRials: event.data.netRials,
        vatRials: event.data.vatRials,
        sendBefore: null,
        settlesAfter: null,
        nextStepAt: wallOrNull(event.data.nextStepAt),
        failedHeardAt: null,
        reference: null,
        failureReason: null,
        createdAt: wallOf(event.data.createdAt),
        settledAt: null,
      } satisfies Refund);
      return setAside(ordered, event, addRials);
    }
    case "refund.submitted":
      return withRefund(state, event.data, {
        status: "submitted",
        sendBefore: wallOf(event.data.sendBefore),
        settlesAfter: wallOf(event.data.settlesAfter),
        nextStepAt: wallOf(event.data.settlesAfter),
      });
    case "refund.asked":
      return withRefund(state, event.data, {
        nextStepAt: wallOf(event.data.nextStepAt),
        failedHeardAt: wallOrNull(event.data.failedHeardAt),
      });
    case "refund.succeeded": {
      const settled = withRefund(state, event.data, {
        status: "succeeded",
        method: event.data.method,
        reference: event.data.reference,
        nextStepAt: null,
        settledAt: wallOf(event.data.settledAt),
      });
      return isAllGivenBack(settled, event.data) ? withPayment(settled, event.data, { status: "refunded" }) : settled;
    }
    case "refund.failed": {
      const failed = withRefund(state, event.data, {
        status: "failed",
        failureReason: event.data.reason,
        nextStepAt: null,
        settledAt: wallOf(event.data.settledAt),
      });
      return setAside(failed, event, subtractRials);
    }
    case "refund.needs_review":
      return withRefund(state, event.data, {
        status: "needs_review",
        failureReason: event.data.reason,
        nextStepAt: null,
      });
    default:
      return event satisfies never;
  }
}

/** What is set aside cannot be given back a second time; credit that is given back cannot be spent. */
function setAside(
  state: CustomerState,
  { data }: Extract<EventBody, { readonly type: "refund.created" | "refund.failed" }>,
  change: (refunded: Rials, amount: Rials) => Rials,
): CustomerState {
  const payment = held(state.payments[data.paymentId], data.paymentId);
  const refundedRials = change(payment.refundedRials, data.amountRials);
  const after = withPayment(state, data, { refundedRials });
  if (data.source === "credit") return withCustomer(after, { creditRials: data.creditBalanceRials });
  const invoice = held(state.invoices[data.invoiceId], data.invoiceId);
  return withInvoice(after, data, {
    returnedRials: change(invoice.returnedRials, data.amountRials),
    returnedNetRials: change(invoice.returnedNetRials, data.netRials),
  });
}

/** Whether the whole payment is back, and by us: nothing of it is only set aside, and its bank took nothing back. */
function isAllGivenBack(state: CustomerState, { paymentId }: Pick<Refund, "paymentId">): boolean {
  const payment = held(state.payments[paymentId], paymentId);
  if (payment.status === "reversed" || payment.refundedRials !== payment.amountRials) return false;
  return all(state.refunds).every(
    (refund) => refund.paymentId !== paymentId || refund.status === "succeeded" || refund.status === "failed",
  );
}
