// How a state is changed: by copying, and only what is there. `evolve` alone uses this.
import { billingOf, wallOf, type BillingMs, type WallMs } from "../clock.ts";
import type { CustomerId } from "../../../contract/common/id.ts";
import type { EventBody } from "../../../contract/billing-event.ts";
import type { Customer, CustomerState, Invoice, Payment, PaymentMethod, Refund, Subscription } from "../state.ts";

/** Whose event it is and when it was written; both stand in the log beside the body. */
export interface Occurrence {
  readonly customerId: CustomerId;
  readonly at: WallMs;
}

/** The events whose types begin with a noun. Example: `EventAbout<"invoice">` has `invoice.paid`. */
export type EventAbout<Noun extends string> = Extract<EventBody, { readonly type: `${Noun}.${string}` }>;

export function isAbout<Noun extends string>(event: EventBody, noun: Noun): event is EventAbout<Noun> {
  return event.type.startsWith(`${noun}.`);
}

type EntityKind = "paymentMethods" | "subscriptions" | "invoices" | "payments" | "refunds" | "creditNotes";

/** Adds an entity; throws when one of its id is there. */
export function withNew<K extends EntityKind>(
  state: CustomerState,
  kind: K,
  entity: NonNullable<CustomerState[K][keyof CustomerState[K]]> & { readonly id: string },
): CustomerState {
  if (entity.id in state[kind]) throw new Error(`${entity.id} exists already`);
  return { ...state, [kind]: { ...state[kind], [entity.id]: entity } };
}

export function withPaymentMethod(
  state: CustomerState,
  { paymentMethodId: id }: { paymentMethodId: PaymentMethod["id"] },
  change: Partial<PaymentMethod>,
): CustomerState {
  const entity = { ...held(state.paymentMethods[id], id), ...change };
  return { ...state, paymentMethods: { ...state.paymentMethods, [id]: entity } };
}

export function withSubscription(
  state: CustomerState,
  { subscriptionId: id }: { subscriptionId: Subscription["id"] },
  change: Partial<Subscription>,
): CustomerState {
  const entity = { ...held(state.subscriptions[id], id), ...change };
  return { ...state, subscriptions: { ...state.subscriptions, [id]: entity } };
}

export function withInvoice(
  state: CustomerState,
  { invoiceId: id }: { invoiceId: Invoice["id"] },
  change: Partial<Invoice>,
): CustomerState {
  const entity = { ...held(state.invoices[id], id), ...change };
  return { ...state, invoices: { ...state.invoices, [id]: entity } };
}

export function withPayment(
  state: CustomerState,
  { paymentId: id }: { paymentId: Payment["id"] },
  change: Partial<Payment>,
): CustomerState {
  const entity = { ...held(state.payments[id], id), ...change };
  return { ...state, payments: { ...state.payments, [id]: entity } };
}

export function withRefund(
  state: CustomerState,
  { refundId: id }: { refundId: Refund["id"] },
  change: Partial<Refund>,
): CustomerState {
  const entity = { ...held(state.refunds[id], id), ...change };
  return { ...state, refunds: { ...state.refunds, [id]: entity } };
}

export function withCustomer(state: CustomerState, change: Partial<Customer>): CustomerState {
  return { ...state, customer: { ...held(state.customer, "The customer"), ...change } };
}

/** An entity the event is about; throws when the bounded state does not hold it, which is a fault of the load. */
export function held<T>(entity: T | null | undefined, name: string): T {
  if (entity === null || entity === undefined) throw new Error(`${name} is not in the state that was loaded`);
  return entity;
}

export function wallOrNull(text: string | null): WallMs | null {
  return text === null ? null : wallOf(text);
}

export function billingOrNull(text: string | null): BillingMs | null {
  return text === null ? null : billingOf(text);
}
