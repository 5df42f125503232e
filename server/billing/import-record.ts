// A customer of an existing system, as the rules see it once its references are resolved; and what may be wrong with it.
import type { BuyerKind } from "../../contract/buyer.ts";
import type {
  InvoiceId,
  PaymentMethodId,
  PersonId,
  PriceId,
  SecretId,
  SubscriptionId,
} from "../../contract/common/id.ts";
import type { Rials } from "../../contract/common/money.ts";
import type { FieldError } from "../../contract/common/problem.ts";
import type { TehranDate } from "../../contract/common/time.ts";
import type { InvoiceLine } from "../../contract/invoice.ts";
import { dateOf, dayOfDate, monthLength } from "./calendar.ts";
import type { Now, WallMs } from "./clock.ts";
import type { NewCustomer } from "./customer.ts";
import { all, isRunning, takesProduct, type Offer, type Slice } from "./state.ts";
import { startOfDay } from "./tehran.ts";

export interface ImportedMethod {
  readonly externalId: string;
  readonly paymentMethodId: PaymentMethodId;
  readonly personId: PersonId;
  readonly signatureId: SecretId;
  readonly maxAmountRials: Rials;
  readonly maxDailyCount: number;
  readonly maxMonthlyCount: number;
  readonly activatedAt: WallMs;
  readonly expiresAt: WallMs;
}

export interface ImportedInvoice {
  readonly invoiceId: InvoiceId;
  readonly number: string;
  readonly dueOn: TehranDate;
  readonly lines: readonly (Pick<InvoiceLine, "netRials" | "vatRateBasisPoints" | "vatRials"> & {
    readonly description: string;
  })[];
}

export interface ImportedRunning {
  readonly externalId: string;
  readonly subscriptionId: SubscriptionId;
  /** Null when the record names a price that is not there. */
  readonly priceId: PriceId | null;
  readonly quantity: number;
  /** The `externalId` of a payment method of the same record. */
  readonly paymentMethod: string | null;
  readonly periodStartsOn: TehranDate;
  readonly periodEndsOn: TehranDate;
  readonly anchorDay: number | null;
  readonly messagesLeft: number | null;
  readonly cancelAtPeriodEnd: boolean;
  readonly openInvoice: ImportedInvoice | null;
}

export interface ImportInput {
  readonly customer: NewCustomer;
  readonly buyer: { readonly id: PersonId; readonly kind: BuyerKind } | null;
  readonly methods: readonly ImportedMethod[];
  readonly subscriptions: readonly ImportedRunning[];
  /** Why, in the operator's words. */
  readonly reason: string;
}

/** Everything that is wrong with a record; pointers begin at the record. */
export function errorsIn(slice: Slice, input: ImportInput, now: Now): readonly FieldError[] {
  return [
    ...methodErrors(input, now),
    ...input.subscriptions.flatMap((running, index) => errorsOf(slice, input, { running, index }, now)),
  ];
}

function methodErrors({ methods }: ImportInput, now: Now): readonly FieldError[] {
  return methods.flatMap((method, at) => {
    const place = `/paymentMethods/${at}`;
    const isTwice = methods.findIndex(({ externalId }) => externalId === method.externalId) < at;
    return [
      ...(isTwice ? [error(`${place}/id`, "repeated", `${method.externalId} stands there twice.`)] : []),
      ...(method.expiresAt <= now.wall
        ? [error(`${place}/expiresAt`, "out_of_range", "The agreement has ended.")]
        : []),
      ...(method.activatedAt > now.wall
        ? [error(`${place}/activatedAt`, "out_of_range", "It is not signed yet.")]
        : []),
    ];
  });
}

function errorsOf(
  slice: Slice,
  { subscriptions, methods }: ImportInput,
  { running, index }: { readonly running: ImportedRunning; readonly index: number },
  now: Now,
): readonly FieldError[] {
  const at = (field: string) => `/subscriptions/${index}/${field}`;
  const offer = offerIn(slice, running);
  if (!offer) return [error(at("priceId"), "not_found", "There is no such price.")];
  const isKnown = methods.some(({ externalId }) => externalId === running.paymentMethod);
  return [
    ...(offer.price.interval === null || offer.product.addOn
      ? [error(at("priceId"), "not_valid", "A running period has a recurring price of a product that is sold alone.")]
      : periodErrors(running, offer, at, now)),
    ...(running.paymentMethod === null || isKnown
      ? []
      : [error(at("paymentMethodId"), "not_found", "The record has no such payment method.")]),
    ...(isTaken(slice, subscriptions.slice(0, index), offer)
      ? [error(at("priceId"), "subscription_exists", `A subscription to ${offer.product.name} runs already.`)]
      : []),
  ];
}

function periodErrors(
  { periodStartsOn, periodEndsOn, anchorDay, openInvoice }: ImportedRunning,
  { price }: Offer,
  at: (field: string) => string,
  now: Now,
): readonly FieldError[] {
  const [starts, ends] = [dayOfDate(periodStartsOn), dayOfDate(periodEndsOn)];
  const endsOn = dateOf(ends, price.calendar);
  const anchor = Math.min(anchorDay ?? endsOn.day, monthLength(endsOn.year, endsOn.month, price.calendar));
  const longest = price.interval === "year" ? 2 * 366 : 2 * 31;
  return [
    ...(startOfDay(starts) > now.billing ? [error(at("periodStartsOn"), "out_of_range", "It has not begun.")] : []),
    ...(startOfDay(ends) <= now.billing
      ? [error(at("periodEndsOn"), "out_of_range", "It is over: renew it there, or export again.")]
      : []),
    ...(ends <= starts || ends - starts > longest
      ? [error(at("periodEndsOn"), "out_of_range", `Must be 1 to ${longest} days after periodStartsOn.`)]
      : []),
    ...(endsOn.day === anchor
      ? []
      : [error(at("anchorDay"), "not_valid", `The period ends on day ${endsOn.day} of its month.`)]),
    ...(openInvoice && dayOfDate(openInvoice.dueOn) > ends
      ? [error(at("openInvoice/dueOn"), "out_of_range", "Must not be after the period.")]
      : []),
  ];
}

/** Whether the product is taken: by what runs already, or by an earlier subscription of the record. */
function isTaken(slice: Slice, earlier: readonly ImportedRunning[], { product }: Offer): boolean {
  const runs = all(slice.state.subscriptions).some((other) => takesProduct(other, product.id) && isRunning(other));
  return runs || earlier.some((other) => offerIn(slice, other)?.product.id === product.id);
}

export function offerIn({ offers }: Slice, { priceId }: ImportedRunning): Offer | undefined {
  return priceId === null ? undefined : offers[priceId];
}

function error(pointer: string, code: string, detail: string): FieldError {
  return { pointer, code, detail };
}
