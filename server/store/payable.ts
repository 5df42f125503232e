// What a payment link shows and needs: an invoice by its id alone, whoever owes it, and nothing about that person.
import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { CustomerId, InvoiceId } from "../../contract/common/id.ts";
import type { Rials } from "../../contract/common/money.ts";
import type { InvoiceStatus } from "../../contract/invoice.ts";
import { dueOn } from "../billing/credit.ts";
import type { Payment } from "../billing/state.ts";
import { isOfInvoice } from "./read.ts";
import { readPayments } from "./rows.ts";
import { invoice, payment, price, product } from "./schema.ts";

export interface Payable {
  readonly customerId: CustomerId;
  readonly status: InvoiceStatus;
  readonly dueRials: Rials;
  readonly productName: string;
  readonly payments: readonly Payment[];
}

/** An invoice with its product's name and its payments; null when there is none of this id. */
export async function findPayable(db: D1Database, id: InvoiceId): Promise<Payable | null> {
  const orm = drizzle(db);
  const { customerId, status, totalRials, creditAppliedRials } = invoice;
  const [found, payments] = await orm.batch([
    orm
      .select({ customerId, status, totalRials, creditAppliedRials, productName: product.name })
      .from(invoice)
      .innerJoin(price, eq(price.id, sql`json_extract(${invoice.lines}, '$[0].priceId')`))
      .innerJoin(product, eq(product.id, price.productId))
      .where(eq(invoice.id, id)),
    orm
      .select()
      .from(payment)
      .where(isOfInvoice(sql`${id}`)),
  ]);
  const [row] = found;
  if (!row) return null;
  const { status: current, productName } = row;
  return {
    customerId: row.customerId,
    status: current,
    productName,
    dueRials: dueOn(row),
    payments: readPayments(payments),
  };
}
