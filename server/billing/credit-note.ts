// Credit notes: a part of a paid invoice is taken back and becomes the customer's credit, with its share of VAT.
import type { CreditNoteId, InvoiceId } from "../../contract/common/id.ts";
import { maxRials, type Rials, type SignedRials } from "../../contract/common/money.ts";
import type { CreditNoteReason } from "../../contract/credit.ts";
import { text } from "./charge.ts";
import { instant, type Now } from "./clock.ts";
import { creditOf } from "./credit.ts";
import { event, type NewEvent } from "./event.ts";
import { signedRials } from "./money.ts";
import { isRecognized, returnedShare, unreturnedOf } from "./refund.ts";
import { reject, type Rejection } from "./rejection.ts";
import type { Invoice, Slice } from "./state.ts";

interface NewNote {
  readonly creditNoteId: CreditNoteId;
  readonly reason: CreditNoteReason;
  /** VAT included. */
  readonly amountRials: Rials;
}

export interface CreditNoteInput extends NewNote {
  readonly invoiceId: InvoiceId;
  /** The operator's words, for the audit trail. */
  readonly note: string;
}

/**
 * Credits a part of a paid invoice. Rejects `not_found`, and `invoice_not_creditable` when it is not paid, or less is
 * left of it after refunds and other notes.
 */
export function decideCreditNote(
  slice: Slice,
  { invoiceId, note, ...parts }: CreditNoteInput,
  now: Now,
): readonly NewEvent[] | Rejection<"not_found" | "invoice_not_creditable"> {
  const invoice = slice.state.invoices[invoiceId];
  if (!invoice) return reject("not_found", `There is no invoice ${invoiceId}.`);
  if (invoice.status !== "paid") return reject("invoice_not_creditable", `${invoiceId} is ${invoice.status}.`);
  const most = unreturnedOf(invoice);
  if (parts.amountRials > most) {
    return reject("invoice_not_creditable", `${text(most)} IRR of ${invoiceId} can be credited.`);
  }
  return [{ ...creditNoteOf(invoice, parts, creditOf(slice.state), now), evidence: { reason: note } }];
}

export function creditNoteOf(
  invoice: Invoice,
  { creditNoteId, reason, amountRials }: NewNote,
  creditRials: SignedRials,
  now: Now,
): NewEvent<"credit_note.issued"> {
  return event("credit_note.issued", {
    creditNoteId,
    invoiceId: invoice.id,
    reason,
    ...returnedShare(invoice, amountRials),
    totalRials: amountRials,
    recognized: isRecognized(invoice),
    balanceRials: signedRials(creditRials + amountRials),
    issuedAt: instant(now.billing),
  });
}

/**
 * Gives credit, or takes it back. Rejects `not_found`, `credit_insufficient` when more is taken than there is, and
 * `credit_limit_reached` when there would be more than any amount may be.
 */
export function decideAdjustment(
  slice: Slice,
  { amountRials, reason }: { readonly amountRials: SignedRials; readonly reason: string },
  now: Now,
): readonly NewEvent[] | Rejection<"not_found" | "credit_insufficient" | "credit_limit_reached"> {
  if (!slice.state.customer) return reject("not_found", `There is no customer ${slice.customerId}.`);
  const credit = creditOf(slice.state);
  if (credit + amountRials > maxRials) {
    return reject(
      "credit_limit_reached",
      `The customer has ${text(credit)} IRR of credit; ${text(maxRials)} is the most.`,
    );
  }
  const balanceRials = signedRials(credit + amountRials);
  if (amountRials < 0 && balanceRials < 0) {
    return reject("credit_insufficient", `The customer has ${text(credit)} IRR of credit.`);
  }
  return [event("credit.adjusted", { amountRials, balanceRials, adjustedAt: instant(now.billing) }, { reason })];
}
