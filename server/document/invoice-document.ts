// The document of an invoice: made of what was frozen when it was finalised.
import type { CustomerId, InvoiceId } from "../../contract/common/id.ts";
import type { Language } from "../../contract/document.ts";
import type { InvoiceLine } from "../../contract/invoice.ts";
import type { Deps } from "../deps.ts";
import { invoicePage, type InvoiceSheet, type SheetLine } from "../page/invoice.tsx";
import { findBuyer } from "../store/buyer.ts";
import { documentOf } from "../store/documents.ts";
import { findInvoice, findOffer, type NumberedInvoice } from "../store/read.ts";
import { textsIn } from "../text/languages.ts";
import { nameOf } from "./name.ts";
import { buyerParty, sellerParty } from "./party.ts";

export interface InvoiceWanted {
  readonly customerId: CustomerId;
  readonly invoiceId: InvoiceId;
  readonly language: Language;
}

/** The page as text; null when the customer has no such invoice. */
export async function invoiceDocument(deps: Deps, wanted: InvoiceWanted): Promise<string | null> {
  const { customerId, invoiceId, language } = wanted;
  const invoice = await findInvoice(deps.db, customerId, invoiceId);
  if (!invoice) return null;
  const edition = invoice.status === "void" ? "void" : "issued";
  return documentOf(deps, { subjectId: invoiceId, language, edition, customerId }, async () =>
    invoicePage(textsIn(language), await sheetOf(deps, invoice, language)),
  );
}

async function sheetOf(deps: Deps, invoice: NumberedInvoice, language: Language): Promise<InvoiceSheet> {
  const { number, buyerId, subtotalRials, vatRials, totalRials, taxReport } = invoice;
  if (number === null) throw new Error(`${invoice.id} has no number`);
  return {
    number,
    issuedAtMs: invoice.finalizedAt,
    dueAtMs: invoice.dueAt,
    isVoid: invoice.status === "void",
    seller: sellerParty(deps.config.seller, language),
    buyer: buyerParty(buyerId && (await findBuyer(deps, buyerId))),
    lines: await Promise.all(invoice.lines.map((line) => lineOf(deps, line, language))),
    subtotalRials,
    vatRials,
    totalRials,
    taxReport,
  };
}

/** Products and prices never change, so that reading them now is reading them then. */
async function lineOf({ db }: Deps, line: InvoiceLine, language: Language): Promise<SheetLine> {
  const offer = await findOffer(db, line.priceId);
  if (!offer) throw new Error(`${line.priceId} is not in the catalogue`);
  const [startsAtMs, endsAtMs] = [Date.parse(line.startsAt), Date.parse(line.endsAt)];
  const { quantity, discountRials, netRials, vatRateBasisPoints, vatRials, totalRials } = line;
  return {
    name: nameOf(offer.product, language),
    goodsId: offer.product.taxClass?.goodsId ?? null,
    span: startsAtMs < endsAtMs ? { startsAtMs, endsAtMs } : null,
    quantity,
    unitRials: offer.price.amountRials,
    isVatIncluded: offer.price.taxBehavior === "inclusive",
    discountRials,
    netRials,
    vatRateBasisPoints,
    vatRials,
    totalRials,
  };
}
