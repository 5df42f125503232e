// Paying on a page. The request says that a page is wanted and asks the queue to get one from the gateway; asking again
// while it is open answers the same page.
import type { InvoiceId, PriceId } from "../../contract/common/id.ts";
import { contract } from "../../contract/index.ts";
import { decideCheckout, decidePurchase, livePaymentOf, type CheckoutRefusal } from "../billing/checkout.ts";
import { bucketOf, idFromSeed } from "../billing/ids.ts";
import { isRejection, reject, type Rejection } from "../billing/rejection.ts";
import { all, type Payment } from "../billing/state.ts";
import { onceAnswered, presentCheckout, presentProcessing } from "../http/checkout.ts";
import type { RequestContext } from "../http/context.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import type { CallerFor } from "../http/mount.ts";
import { findInvoice } from "../store/read.ts";
import { transact } from "../store/transact.ts";

type Context = RequestContext<CallerFor<"customer">>;

interface Begun {
  readonly payment: Payment;
  /** False when a page of the invoice was open already. */
  readonly isNew: boolean;
}

export const createCheckout = asCustomer.route(contract.checkouts.create, async ({ body }, context) => {
  const begun = await begin(context, body);
  if (isRejection(begun)) return refused(context, begun);
  const payment = await onceAnswered(context.deps, begun.payment);
  if (payment.status === "created") return answered(context, 202, presentProcessing(payment));
  const checkout = presentCheckout(context.deps, payment);
  return begun.isNew ? answered(context, 201, checkout) : answered(context, 200, checkout);
});

interface Order {
  readonly invoiceId?: InvoiceId | undefined;
  readonly priceId?: PriceId | undefined;
}

function begin(context: Context, { invoiceId, priceId }: Order) {
  if (invoiceId !== undefined) return payInvoice(context, invoiceId);
  if (priceId !== undefined) return buy(context, priceId);
  throw new Error("The contract lets no order through that names nothing");
}

async function payInvoice(
  context: Context,
  invoiceId: InvoiceId,
): Promise<Begun | Rejection<CheckoutRefusal | "busy">> {
  const { deps, caller, resourceSeed } = context;
  const { customerId, userId } = caller;
  const stored = await findInvoice(deps.db, customerId, invoiceId);
  if (!stored) return reject("not_found", `There is no invoice ${invoiceId}.`);
  const paymentId = idFromSeed("pay", resourceSeed, bucketOf(customerId));
  const slice = await transact(deps, {
    customerId,
    actor: `user:${userId}`,
    decide: (current, now) => {
      if (current.state.payments[paymentId]) return [];
      // What was settled long ago is not loaded any more.
      if (!current.state.invoices[invoiceId]) return reject("invoice_not_open", `${invoiceId} is ${stored.status}.`);
      return decideCheckout(current, { invoiceId, paymentId }, now);
    },
  });
  if (isRejection(slice)) return slice;
  const made = slice.state.payments[paymentId];
  return { payment: found(made ?? livePaymentOf(slice, invoiceId)), isNew: made !== undefined };
}

async function buy(context: Context, priceId: PriceId) {
  const { deps, caller, resourceSeed } = context;
  const { customerId, userId } = caller;
  const invoiceId = idFromSeed("inv", resourceSeed, bucketOf(customerId));
  const slice = await transact(deps, {
    customerId,
    actor: `user:${userId}`,
    priceIds: [priceId],
    decide: (current, now, ids) => {
      if (current.state.invoices[invoiceId]) return [];
      const offer = current.offers[priceId];
      if (!offer) return reject("not_found", `There is no price ${priceId}.`);
      const customer = { id: customerId, userId };
      return decidePurchase(current, { customer, offer, invoiceId, paymentId: ids.next("pay") }, now);
    },
  });
  if (isRejection(slice)) return slice;
  const payments = all(slice.state.payments).filter((payment) => payment.invoiceId === invoiceId);
  return { payment: found(payments.at(-1)), isNew: true };
}

function found(payment: Payment | undefined): Payment {
  if (!payment) throw new Error("A checkout was begun and is not there");
  return payment;
}
