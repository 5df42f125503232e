// Reads of credit: the balance, which is the sum of its entries in the ledger, and the credit notes.
import { and, desc, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { CustomerId, InvoiceId } from "../../contract/common/id.ts";
import type { SignedRials } from "../../contract/common/money.ts";
import type { PageQuery } from "../../contract/common/page.ts";
import { negated, signedRials } from "../billing/money.ts";
import type { CreditNote } from "../billing/state.ts";
import { readCreditNotes } from "./rows.ts";
import { creditNote, invoice, ledgerEntry } from "./schema.ts";

/** What a customer's entries of the account add up to, as credit: a credit of ours is below zero there. */
export async function creditBalanceOf(db: D1Database, customerId: CustomerId): Promise<SignedRials> {
  const { account, amountRials, customerId: owner } = ledgerEntry;
  const [row] = await drizzle(db)
    .select({ sum: sql<number>`COALESCE(SUM(${amountRials}), 0)` })
    .from(ledgerEntry)
    .where(and(eq(owner, customerId), eq(account, "customer_credit")));
  return negated(signedRials(row?.sum ?? 0));
}

/** Newest first, one past the limit. */
export async function listCreditNotes(
  db: D1Database,
  customerId: CustomerId,
  page: Pick<PageQuery, "limit" | "cursor">,
): Promise<readonly CreditNote[]> {
  const { id, customerId: owner } = creditNote;
  const before = page.cursor === undefined ? undefined : sql`${id} < ${page.cursor}`;
  const query = drizzle(db)
    .select()
    .from(creditNote)
    .where(and(eq(owner, customerId), before));
  return readCreditNotes(await query.orderBy(desc(id)).limit(page.limit + 1));
}

export async function ownerOfInvoice(db: D1Database, invoiceId: InvoiceId): Promise<CustomerId | null> {
  const query = drizzle(db).select({ customerId: invoice.customerId }).from(invoice);
  const [row] = await query.where(eq(invoice.id, invoiceId));
  return row?.customerId ?? null;
}
