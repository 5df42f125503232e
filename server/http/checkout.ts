// What every endpoint that leads to a page of the gateway does: waits until there is one, and shows it.
import type { Checkout } from "../../contract/checkout.ts";
import { instant, instantOrNull } from "../billing/clock.ts";
import { isUnderWay, type Payment } from "../billing/state.ts";
import type { Deps } from "../deps.ts";
import { findPayment } from "../store/read.ts";
import { readUntil } from "./read-until.ts";

/** A payment once the gateway has answered: a checkout has its page, a debit its end; or as it is 8 seconds later. */
export async function onceAnswered(deps: Deps, payment: Payment): Promise<Payment> {
  if (!isUnanswered(payment)) return payment;
  await deps.due.send({ customerId: payment.customerId });
  return readUntil(
    deps,
    () => readAgain(deps, payment),
    (current) => !isUnanswered(current),
  );
}

function isUnanswered(payment: Payment): boolean {
  return payment.kind === "checkout" ? payment.status === "created" : isUnderWay(payment);
}

async function readAgain({ db }: Deps, { customerId, id }: Payment): Promise<Payment> {
  const payment = await findPayment(db, customerId, id);
  if (!payment) throw new Error(`${id} was begun but cannot be read`);
  return payment;
}

/** A payment on a page, as the contract shows it. */
export function presentCheckout({ paymentPages }: Pick<Deps, "paymentPages">, payment: Payment): Checkout {
  const { id, status, invoiceId, amountRials, authority, closesAt, createdAt, settledAt, refId, failureReason } =
    payment;
  const isOpen = status === "open" && authority !== null;
  return {
    id,
    status,
    invoiceId,
    amountRials,
    currency: "IRR",
    url: isOpen ? paymentPages.urlOf(authority) : null,
    expiresAt: isOpen ? instantOrNull(closesAt) : null,
    createdAt: instant(createdAt),
    settledAt: instantOrNull(settledAt),
    refId,
    failureReason,
  };
}

/** A payment whose answer takes longer than a request waits. */
export function presentProcessing({ id, kind }: Payment) {
  const pollUrl = kind === "checkout" ? `/v1/checkouts/${id}` : `/v1/payments/${id}`;
  return { paymentId: id, pollUrl, status: "processing" as const };
}
