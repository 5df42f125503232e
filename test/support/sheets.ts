// Invoices and receipts as their pages take them: everyday ones for the pictures, and the widest there can be.
import type { InvoiceSheet, SheetLine } from "../../server/page/invoice.tsx";
import type { ReceiptSheet } from "../../server/page/receipt.tsx";
import type { Party } from "../../server/page/sheet.tsx";
import { seller as settings } from "./seller.ts";

type Language = "fa" | "en";

const seller = (language: Language): Party => ({
  name: language === "fa" ? settings.name : settings.nameEn,
  facts: [
    { label: "legalId", value: settings.legalId },
    { label: "economicCode", value: settings.economicCode },
    { label: "postalCode", value: settings.postalCode },
    { label: "address", value: language === "fa" ? settings.address : settings.addressEn },
    { label: "phone", value: settings.phone },
  ],
});

const buyer: Party = {
  name: "سارا احمدی",
  facts: [
    { label: "nationalId", value: "0499370899" },
    { label: "postalCode", value: "1193653471" },
    { label: "address", value: "تهران، خیابان انقلاب، کوچهٔ دوم، پلاک ۷" },
  ],
};

const azar = { startsAtMs: Date.parse("2026-11-21T20:30:00Z"), endsAtMs: Date.parse("2026-12-21T20:30:00Z") };

const pro: SheetLine = {
  name: "Roundtable Pro",
  goodsId: "2330001234567",
  span: azar,
  quantity: 1,
  unitRials: 2_990_000,
  isVatIncluded: false,
  discountRials: 598_000,
  netRials: 2_392_000,
  vatRateBasisPoints: 1_000,
  vatRials: 239_200,
  totalRials: 2_631_200,
};

const extra: SheetLine = {
  ...pro,
  name: "بستهٔ ۱۰۰۰ پیام",
  goodsId: null,
  span: null,
  quantity: 2,
  unitRials: 550_000,
  isVatIncluded: true,
  discountRials: 0,
  netRials: 1_000_000,
  vatRials: 100_000,
  totalRials: 1_100_000,
};

export function anInvoiceSheet(language: Language, over: Partial<InvoiceSheet> = {}): InvoiceSheet {
  return {
    number: "S-1405-000042",
    issuedAtMs: Date.parse("2026-11-22T08:00:00Z"),
    dueAtMs: Date.parse("2026-11-21T20:30:00Z"),
    isVoid: false,
    seller: seller(language),
    buyer,
    lines: [pro, extra],
    subtotalRials: 3_392_000,
    vatRials: 339_200,
    totalRials: 3_731_200,
    taxReport: { type: 1, pattern: 1, settlement: 1 },
    ...over,
  };
}

export function aReceiptSheet(language: Language, over: Partial<ReceiptSheet> = {}): ReceiptSheet {
  return {
    invoiceNumber: "S-1405-000042",
    paymentId: "pay_01kaqzv3m5e0a8r6b1x2n4y7tq",
    paidAtMs: Date.parse("2026-11-22T08:00:04Z"),
    amountRials: 3_731_200,
    method: "debit",
    reference: "40123456",
    seller: seller(language),
    buyer,
    names: ["Roundtable Pro", "بستهٔ ۱۰۰۰ پیام"],
    ...over,
  };
}

/** As long as the contract lets each of them be; without a space to break at. */
const widestParty: Party = {
  name: "ش".repeat(120),
  facts: [
    { label: "legalId", value: "12345678906" },
    { label: "economicCode", value: "41111111111111" },
    { label: "postalCode", value: "1193653471" },
    { label: "address", value: "x".repeat(300) },
  ],
};

const most = 900_000_000_000;
const widestLine: SheetLine = {
  ...pro,
  name: "W".repeat(80),
  quantity: 1_000,
  unitRials: 900_000_000,
  discountRials: most,
  netRials: most,
  vatRials: most,
  totalRials: most,
};

export const widestInvoice: InvoiceSheet = anInvoiceSheet("fa", {
  number: "S-1405-1234567",
  isVoid: true,
  seller: widestParty,
  buyer: widestParty,
  lines: [widestLine, widestLine, widestLine, widestLine],
  subtotalRials: 4 * most,
  vatRials: 4 * most,
  totalRials: 8 * most,
});

export const widestReceipt: ReceiptSheet = aReceiptSheet("fa", {
  seller: widestParty,
  buyer: widestParty,
  amountRials: 999_999_999_999_999,
  reference: "9".repeat(64),
  names: Array.from({ length: 4 }, () => "W".repeat(80)),
});
