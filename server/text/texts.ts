// What every language must be able to say.
import type { SiteTexts } from "./site/fa.ts";
import type { OperatorTexts } from "./site/operator-fa.ts";

export type Language = "fa" | "en";

export interface Notice {
  readonly title: string;
  readonly text: string;
}

export interface Texts {
  readonly language: Language;
  readonly direction: "rtl" | "ltr";
  /** The language's name in itself. */
  readonly languageName: string;
  readonly brand: string;
  readonly closePage: string;
  readonly problemPage: {
    readonly happened: string;
    readonly remedy: string;
    readonly example: string;
    readonly all: string;
    readonly allText: string;
  };
  readonly paymentMethodReturn: {
    readonly active: Notice;
    readonly pending: Notice;
    readonly failed: Notice;
    readonly ended: Notice;
  };
  readonly paymentReturn: {
    readonly paid: Notice;
    readonly asking: Notice;
    readonly unpaid: Notice;
    readonly surplus: Notice;
    readonly returned: Notice;
  };
  readonly payPage: {
    readonly title: string;
    readonly product: string;
    readonly amount: string;
    readonly withVat: string;
    readonly rials: string;
    readonly button: string;
    readonly onward: string;
    readonly paid: Notice;
    readonly notOwed: Notice;
    readonly busy: Notice;
    readonly unanswered: Notice;
  };
  readonly signInPage: {
    readonly title: string;
    readonly text: string;
    readonly button: string;
    /** Stands before the name of the partner's host. */
    readonly onward: string;
    readonly done: Notice;
    readonly link: string;
    readonly unusable: Notice;
  };
  readonly document: Readonly<Record<DocumentWord, string>>;
  /** Our own pages for subscribers. */
  readonly site: SiteTexts;
  /** Our own pages for operators. */
  readonly operator: OperatorTexts;
}

/** The words on invoices and receipts. */
export type DocumentWord =
  | "invoiceTitle"
  | "receiptTitle"
  | "number"
  | "issuedOn"
  | "dueOn"
  | "paidOn"
  | "seller"
  | "buyer"
  | "anonymousBuyer"
  | "nationalId"
  | "legalId"
  | "economicCode"
  | "postalCode"
  | "address"
  | "phone"
  | "row"
  | "what"
  | "goodsId"
  | "quantity"
  | "unitPrice"
  | "withVat"
  | "discount"
  | "net"
  | "vat"
  | "total"
  | "subtotal"
  | "payable"
  | "paid"
  | "rials"
  | "toman"
  | "inWords"
  | "amountsInRials"
  | "until"
  | "void"
  | "method"
  | "debit"
  | "checkout"
  | "reference"
  | "ofInvoice"
  | "taxReport"
  | "invoiceType"
  | "pattern"
  | "settlement"
  | "footer";
