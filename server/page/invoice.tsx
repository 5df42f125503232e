// An invoice to read and to print.
import { amountText, digitsText, percentText, tomanText } from "../text/amount.ts";
import { dateText, shortDateText } from "../text/date.ts";
import type { Texts } from "../text/texts.ts";
import { wordsOf } from "../text/words.ts";
import { Parties, sheetOf, type Party } from "./sheet.tsx";

export interface SheetLine {
  readonly name: string;
  /** 13 digits of the tax office; null when the product has none. */
  readonly goodsId: string | null;
  /** What it is for; null for what is paid once. `endsAtMs` is not part of it. */
  readonly span: { readonly startsAtMs: number; readonly endsAtMs: number } | null;
  readonly quantity: number;
  readonly unitRials: number;
  /** Whether the unit's price holds VAT already. */
  readonly isVatIncluded: boolean;
  readonly discountRials: number;
  readonly netRials: number;
  readonly vatRateBasisPoints: number;
  readonly vatRials: number;
  readonly totalRials: number;
}

export interface InvoiceSheet {
  readonly number: string;
  readonly issuedAtMs: number;
  readonly dueAtMs: number;
  readonly isVoid: boolean;
  readonly seller: Party;
  readonly buyer: Party | null;
  readonly lines: readonly SheetLine[];
  readonly subtotalRials: number;
  readonly vatRials: number;
  readonly totalRials: number;
  /** The tax office's codes. */
  readonly taxReport: { readonly type: number; readonly pattern: number; readonly settlement: number };
}

/** The whole page as text. */
export function invoicePage(texts: Texts, invoice: InvoiceSheet): string {
  const { language, document: words } = texts;
  return sheetOf(texts, {
    title: words.invoiceTitle,
    brand: invoice.seller.name,
    facts: [
      { label: "number", value: digitsText(language, invoice.number) },
      { label: "issuedOn", value: dateText(language, invoice.issuedAtMs) },
      { label: "dueOn", value: dateText(language, invoice.dueAtMs) },
    ],
    stamp: invoice.isVoid ? words.void : null,
    foot: codesOf(texts, invoice.taxReport),
    content: (
      <>
        <Parties texts={texts} seller={invoice.seller} buyer={invoice.buyer} />
        <Lines texts={texts} lines={invoice.lines} />
        <Sum texts={texts} invoice={invoice} />
      </>
    ),
  });
}

/** Example: `Tax office (Moadian): invoice type 1 · pattern 1 · settlement 1`. */
function codesOf({ language, document: words }: Texts, codes: InvoiceSheet["taxReport"]): string {
  const { type, pattern, settlement } = codes;
  const code = (label: string, value: number) => `${label} ${amountText(language, value)}`;
  const list = [code(words.invoiceType, type), code(words.pattern, pattern), code(words.settlement, settlement)];
  return `${words.taxReport}: ${list.join(" · ")}`;
}

function Lines({ texts, lines }: { texts: Texts; lines: readonly SheetLine[] }) {
  const { document: words } = texts;
  return (
    <table>
      <thead>
        <tr>
          <th>{words.row}</th>
          <th class="what">{words.what}</th>
          <th class="number">{words.quantity}</th>
          <th class="number">{words.unitPrice}</th>
          <th class="number">{words.discount}</th>
          <th class="number">{words.net}</th>
          <th class="number">{words.vat}</th>
          <th class="number">{words.total}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line, index) => (
          <Line texts={texts} line={line} row={index + 1} />
        ))}
      </tbody>
    </table>
  );
}

function Line({ texts, line, row }: { texts: Texts; line: SheetLine; row: number }) {
  const { language, document: words } = texts;
  const amount = (value: number) => amountText(language, value);
  return (
    <tr>
      <td>{amount(row)}</td>
      <td class="what">
        <bdi>{line.name}</bdi>
        {line.span === null ? null : <div class="small">{spanText(texts, line.span)}</div>}
        {line.goodsId === null ? null : (
          <div class="small">{`${words.goodsId}: ${digitsText(language, line.goodsId)}`}</div>
        )}
      </td>
      <td class="number">{amount(line.quantity)}</td>
      <td class="number">
        {amount(line.unitRials)}
        {line.isVatIncluded ? <div class="small">{words.withVat}</div> : null}
      </td>
      <td class="number">{amount(line.discountRials)}</td>
      <td class="number">{amount(line.netRials)}</td>
      <td class="number">
        {amount(line.vatRials)}
        <div class="small">{percentText(language, line.vatRateBasisPoints)}</div>
      </td>
      <td class="number">{amount(line.totalRials)}</td>
    </tr>
  );
}

/** The first day and the last. */
function spanText({ language, document: words }: Texts, span: NonNullable<SheetLine["span"]>): string {
  const last = shortDateText(language, span.endsAtMs - 1);
  return `${shortDateText(language, span.startsAtMs)} ${words.until} ${last}`;
}

function Sum({ texts, invoice }: { texts: Texts; invoice: InvoiceSheet }) {
  const { language, document: words } = texts;
  const rials = (value: number) => `${amountText(language, value)} ${words.rials}`;
  const { subtotalRials, vatRials, totalRials } = invoice;
  return (
    <section class="sum">
      <div class="small">
        {language === "fa" ? <p>{`${words.inWords}: ${wordsOf(totalRials)} ${words.rials}`}</p> : null}
        <p>{words.amountsInRials}</p>
      </div>
      <dl class="facts">
        <dt>{words.subtotal}</dt>
        <dd>{rials(subtotalRials)}</dd>
        <dt>{words.vat}</dt>
        <dd>{rials(vatRials)}</dd>
        <dt class="grand">{words.payable}</dt>
        <dd class="grand">{rials(totalRials)}</dd>
        <dt />
        <dd class="quiet">{`${tomanText(language, totalRials)} ${words.toman}`}</dd>
      </dl>
    </section>
  );
}
