// The receipt of a payment, to read and to print.
import { amountText, digitsText, tomanText } from "../text/amount.ts";
import { dateText, timeText } from "../text/date.ts";
import type { Texts } from "../text/texts.ts";
import { wordsOf } from "../text/words.ts";
import { Facts, Parties, sheetOf, type Fact, type Party } from "./sheet.tsx";

export interface ReceiptSheet {
  /** Of the invoice that was paid. */
  readonly invoiceNumber: string;
  readonly paymentId: string;
  readonly paidAtMs: number;
  readonly amountRials: number;
  readonly method: "debit" | "checkout";
  /** The bank's reference; null when it gave none. */
  readonly reference: string | null;
  readonly seller: Party;
  readonly buyer: Party | null;
  /** What the invoice is for. */
  readonly names: readonly string[];
}

/** The whole page as text. */
export function receiptPage(texts: Texts, receipt: ReceiptSheet): string {
  const { language, document: words } = texts;
  const { amountRials } = receipt;
  return sheetOf(texts, {
    title: words.receiptTitle,
    brand: receipt.seller.name,
    facts: [
      { label: "paidOn", value: `${dateText(language, receipt.paidAtMs)} ${timeText(language, receipt.paidAtMs)}` },
      { label: "ofInvoice", value: digitsText(language, receipt.invoiceNumber) },
    ],
    stamp: null,
    foot: receipt.paymentId,
    content: (
      <>
        <section class="box">
          <h2>{words.paid}</h2>
          <p class="amount">{`${amountText(language, amountRials)} ${words.rials}`}</p>
          <p class="quiet">{`${tomanText(language, amountRials)} ${words.toman}`}</p>
          {language === "fa" ? <p class="quiet">{`${words.inWords}: ${wordsOf(amountRials)} ${words.rials}`}</p> : null}
        </section>
        <section class="box">
          <Facts texts={texts} facts={factsOf(texts, receipt)} />
        </section>
        <Parties texts={texts} seller={receipt.seller} buyer={receipt.buyer} />
      </>
    ),
  });
}

/** Names of either script, each for itself, in the direction of the page: marks and isolates of Unicode (UAX 9). */
function listed(language: Texts["language"], names: readonly string[]): string {
  const isolated = names.map((name) => `\u2068${name}\u2069`);
  return language === "fa" ? `\u200f${isolated.join("، ")}` : `\u200e${isolated.join(", ")}`;
}

function factsOf({ language, document: words }: Texts, receipt: ReceiptSheet): readonly Fact[] {
  const { reference, method, names } = receipt;
  return [
    { label: "what", value: listed(language, names) },
    { label: "method", value: words[method] },
    ...(reference === null ? [] : [{ label: "reference", value: digitsText(language, reference) } as const]),
  ];
}
