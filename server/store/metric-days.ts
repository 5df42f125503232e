// The figures of the business as they are asked for: sums of a few rows a day, and what is open at this moment.
import { sql } from "drizzle-orm";
import type { PartnerId, ProductId } from "../../contract/common/id.ts";
import type { TehranDate } from "../../contract/common/time.ts";
import type { BillingMs } from "../billing/clock.ts";
import { figuresByPart, figuresOfMovements, ofAll, plainFigures, type Figure } from "../billing/figures.ts";
import { rials } from "../billing/money.ts";
import type { Rials } from "../../contract/common/money.ts";
import type { Translations } from "../../contract/product.ts";
import { compiledBatch } from "./compiled.ts";
import { partner } from "./auth-schema.ts";
import { metricDay, product, systemState } from "./schema.ts";

/** So many, and so much. */
export interface Sum {
  readonly count: number;
  readonly amountRials: Rials;
}

export interface MetricDays {
  /** From the first day to the last; a figure without news on a day is left out. */
  readonly days: readonly (Sum & { readonly figure: Figure; readonly day: TehranDate })[];
  /** Movements of revenue before the first day. */
  readonly before: readonly (Sum & { readonly figure: Figure })[];
  /** Figures by hour and by bank, over all days. */
  readonly parts: readonly (Sum & { readonly figure: Figure; readonly part: string })[];
  /** What may be asked for by itself, by name. */
  readonly products: readonly { readonly id: ProductId; readonly name: string; readonly translations: Translations }[];
  readonly partners: readonly { readonly id: PartnerId; readonly name: string }[];
  /** Open invoices that are due before `endsAt`. */
  readonly due: Sum;
  /** Open invoices with a payment of which the gateway has not told what became. */
  readonly unknown: Sum;
}

interface Asked {
  readonly from: TehranDate;
  readonly to: TehranDate;
  readonly endsAt: BillingMs;
  readonly productId: ProductId | null;
  readonly partnerId: PartnerId | null;
}

/** What was counted from a day to another, of all or of one product or partner; and what is open now, of all. */
export async function loadMetricDays(db: D1Database, asked: Asked): Promise<MetricDays> {
  const { productId, partnerId } = asked;
  const of = { ...asked, productId: productId ?? ofAll, partnerId: partnerId ?? ofAll };
  const [days, before, parts, products, partners, [open]] = await questions(db, of);
  if (!open) throw new Error("The system has no state");
  return {
    days: days.map(summed),
    before: before.map(summed),
    parts: parts.map(summed),
    products,
    partners,
    due: summed({ count: open.dueCount, amountRials: open.dueRials }),
    unknown: summed({ count: open.unknownCount, amountRials: open.unknownRials }),
  };
}

function summed<T extends { readonly amountRials: number }>(row: T): T & { readonly amountRials: Rials } {
  return { ...row, amountRials: rials(row.amountRials) };
}

const isAmong = (of: readonly Figure[]) => sql`figure IN (${sql.raw(of.map((figure) => `'${figure}'`).join(", "))})`;
const isOf = sql`product_id = ${sql.placeholder("productId")} AND partner_id = ${sql.placeholder("partnerId")}`;
const isAsked = sql`day BETWEEN ${sql.placeholder("from")} AND ${sql.placeholder("to")}`;

const questions = compiledBatch((orm) => {
  const { figure, day, part, count, amountRials } = metricDay;
  const sums = { count: sql<number>`SUM(${count})`, amountRials: sql<number>`SUM(${amountRials})` };
  const owed = (what: string) => sql<number>`(SELECT ${sql.raw(what)} FROM invoice AS i WHERE i.status = 'open'`;
  const rialsOwed = "COALESCE(SUM(i.total_rials - i.credit_applied_rials), 0)";
  const isDue = sql`AND i.due_at < ${sql.placeholder("endsAt")})`;
  const isUnknown = sql`AND EXISTS (SELECT 1 FROM payment AS p WHERE p.customer_id = i.customer_id AND p.invoice_id = i.id AND p.status = 'unknown'))`;
  return [
    orm
      .select({ figure, day, count, amountRials })
      .from(metricDay)
      .where(sql`${isOf} AND ${isAmong(plainFigures)} AND ${isAsked}`),
    orm
      .select({ figure, ...sums })
      .from(metricDay)
      .where(sql`${isOf} AND ${isAmong(figuresOfMovements)} AND day < ${sql.placeholder("from")}`)
      .groupBy(figure),
    orm
      .select({ figure, part, ...sums })
      .from(metricDay)
      .where(sql`${isOf} AND ${isAmong(figuresByPart)} AND ${isAsked}`)
      .groupBy(figure, part),
    orm
      .select({ id: product.id, name: product.name, translations: product.translations })
      .from(product)
      .orderBy(product.name),
    orm
      .select({ id: sql<PartnerId>`id`, name: partner.name })
      .from(partner)
      .orderBy(partner.name),
    orm
      .select({
        dueCount: sql<number>`${owed("COUNT(*)")} ${isDue}`,
        dueRials: sql<number>`${owed(rialsOwed)} ${isDue}`,
        unknownCount: sql<number>`${owed("COUNT(*)")} ${isUnknown}`,
        unknownRials: sql<number>`${owed(rialsOwed)} ${isUnknown}`,
      })
      .from(systemState),
  ] as const;
});
