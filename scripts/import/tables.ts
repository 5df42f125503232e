// Makes import records of the tables of a dashboard whose names this project has kept: product, subscription,
// payment_method, payment. Knows no file: rows come in, records and what was left out go out.
import * as z from "zod";
import type { Rials } from "../../contract/common/money.ts";
import { ImportRecord } from "../../contract/import.ts";
import { PaymentMethodStatus } from "../../contract/payment-method.ts";
import { dateOfDay } from "../../server/billing/calendar.ts";
import { billingMs } from "../../server/billing/clock.ts";
import { rials, vatInclusive } from "../../server/billing/money.ts";
import { tehranDayOf } from "../../server/billing/tehran.ts";
import { vatRateAt } from "../../server/billing/vat.ts";

const instant = z.union([z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)), z.int()]);
const id = z.coerce.string();
const amount = z.int().min(0).transform(rials);

export const ProductRow = z.object({
  id,
  name: z.string(),
  description: z.string().nullish(),
  roundtableId: z.string().nullish(),
  messageQuota: z.int().min(0),
  priceRials: amount,
  interval: z.enum(["month", "year"]).default("month"),
});

export const PaymentMethodRow = z.object({
  id,
  userId: id,
  status: PaymentMethodStatus,
  signature: z.string().nullish(),
  mobile: z.string().nullish(),
  nationalId: z.string().nullish(),
  maxAmountRials: amount,
  maxDailyCount: z.int(),
  maxMonthlyCount: z.int(),
  createdAt: instant,
  expiresAt: instant,
});

export const SubscriptionRow = z.object({
  id,
  userId: id,
  productId: id,
  paymentMethodId: id.nullish(),
  status: z.string(),
  currentPeriodStart: instant,
  currentPeriodEnd: instant,
  cancelAtPeriodEnd: z.coerce.boolean().default(false),
  messagesUsed: z.int().min(0).nullish(),
});

export const PaymentRow = z.object({
  id,
  subscriptionId: id.nullish(),
  status: z.enum(["pending", "completed", "failed"]),
  createdAt: instant,
});

export interface Tables {
  readonly product: readonly z.infer<typeof ProductRow>[];
  readonly subscription: readonly z.infer<typeof SubscriptionRow>[];
  readonly payment_method: readonly z.infer<typeof PaymentMethodRow>[];
  readonly payment: readonly z.infer<typeof PaymentRow>[];
}

export interface Converted {
  readonly records: readonly ImportRecord[];
  /** Rows that became nothing, each with the reason. */
  readonly leftOut: readonly { readonly table: keyof Tables; readonly id: string; readonly why: string }[];
}

type LeftOut = Converted["leftOut"][number];

export interface ConvertOptions {
  readonly now: number;
  readonly calendar: "jalali" | "gregorian";
}

/**
 * Records of all that runs. Prices hold their VAT, so that nobody pays another amount than before. A subscription is paid
 * when a completed payment of its period is there, owed when none is, and left out while one is pending: whoever imported
 * it then could charge it twice.
 */
export function convertTables(tables: Tables, { now, calendar }: ConvertOptions): Converted {
  const leftOut: LeftOut[] = [];
  const methods = tables.payment_method.filter((row) =>
    isKept(leftOut, "payment_method", row.id, whyNotMethod(row, now)),
  );
  const subscriptions = tables.subscription.filter((row) =>
    isKept(leftOut, "subscription", row.id, whyNotSubscription(row, tables, now)),
  );
  const userIds = [...new Set([...methods, ...subscriptions].map(({ userId }) => userId))];
  const customers = userIds.map((userId) => ({
    kind: "customer",
    id: userId,
    paymentMethods: methods.filter((row) => row.userId === userId).map(methodOf),
    subscriptions: subscriptions
      .filter((row) => row.userId === userId)
      .map((row) => subscriptionOf(row, tables, methods, now)),
  }));
  const catalogue = tables.product.flatMap((row) => [productOf(row), priceOf(row, calendar)]);
  return { records: [...catalogue, ...customers].map((record) => ImportRecord.parse(record)), leftOut };
}

function isKept(leftOut: LeftOut[], table: keyof Tables, rowId: string, why: string | null): boolean {
  if (why !== null) leftOut.push({ table, id: rowId, why });
  return why === null;
}

function whyNotMethod({ status, signature, mobile, expiresAt }: Tables["payment_method"][number], now: number) {
  if (status !== "active") return `it is ${status}`;
  if (!signature) return "it has no signature";
  if (!mobile) return "it has no mobile number";
  return expiresAt <= now ? "it has expired" : null;
}

function whyNotSubscription(row: Tables["subscription"][number], tables: Tables, now: number): string | null {
  if (row.status !== "active" && row.status !== "past_due") return `it is ${row.status}`;
  if (row.currentPeriodEnd <= now) return "its period is over: renew it there, or export again";
  if (!tables.product.some((product) => product.id === row.productId)) return `there is no product ${row.productId}`;
  const pending = paymentsOf(row, tables).find(({ status }) => status === "pending");
  return pending ? `payment ${pending.id} is pending: settle it there, then export again` : null;
}

/** Payments of the running period; one may have been made on the day before it. */
function paymentsOf({ id: subscriptionId, currentPeriodStart }: Tables["subscription"][number], { payment }: Tables) {
  const from = currentPeriodStart - 86_400_000;
  return payment.filter((row) => row.subscriptionId === subscriptionId && row.createdAt >= from);
}

function productOf({
  priceRials: _price,
  interval: _interval,
  description,
  roundtableId,
  ...row
}: Tables["product"][number]) {
  return {
    kind: "product",
    ...row,
    description: description ?? "",
    roundtableId: roundtableId ?? null,
    grantOn: "period_start",
  };
}

function priceOf({ id: productId, priceRials, interval }: Tables["product"][number], calendar: string) {
  return {
    kind: "price",
    id: `${productId}-${interval}`,
    productId,
    amountRials: priceRials,
    interval,
    calendar,
    taxBehavior: "inclusive",
    unpaidPolicy: "cancel",
  };
}

function methodOf(row: Tables["payment_method"][number]) {
  const { maxAmountRials, maxDailyCount, maxMonthlyCount } = row;
  return {
    id: row.id,
    signature: row.signature,
    mobile: row.mobile,
    nationalId: row.nationalId ?? null,
    maxAmountRials,
    maxDailyCount,
    maxMonthlyCount,
    activatedAt: new Date(row.createdAt).toISOString(),
    expiresAt: new Date(row.expiresAt).toISOString(),
  };
}

function subscriptionOf(
  row: Tables["subscription"][number],
  tables: Tables,
  methods: Tables["payment_method"],
  now: number,
) {
  const product = tables.product.find((candidate) => candidate.id === row.productId);
  if (!product) throw new Error(`${row.productId} was judged to be there`);
  const method = methods.find((candidate) => candidate.id === row.paymentMethodId && candidate.userId === row.userId);
  const isPaid = product.priceRials === 0 || paymentsOf(row, tables).some(({ status }) => status === "completed");
  const { messagesUsed } = row;
  return {
    id: row.id,
    priceId: `${product.id}-${product.interval}`,
    paymentMethodId: method?.id ?? null,
    periodStartsOn: dayAt(row.currentPeriodStart),
    periodEndsOn: dayAt(row.currentPeriodEnd),
    messagesLeft: typeof messagesUsed === "number" ? Math.max(0, product.messageQuota - messagesUsed) : null,
    cancelAtPeriodEnd: row.cancelAtPeriodEnd,
    openInvoice: isPaid ? null : owed(row, product.priceRials, now),
  };
}

/** Hours are dropped: a period that ended at noon of a day is renewed on that day, as it was there. */
function dayAt(ms: number): string {
  return dateOfDay(tehranDayOf(billingMs(ms)));
}

function owed({ id: number, currentPeriodStart }: Tables["subscription"][number], gross: Rials, now: number) {
  const rate = vatRateAt(billingMs(now));
  const { net, vat } = vatInclusive(gross, rate);
  const line = { description: "", netRials: net, vatRateBasisPoints: rate, vatRials: vat };
  return { number, dueOn: dayAt(currentPeriodStart), lines: [line] };
}
