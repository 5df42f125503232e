// Amounts as people read them: grouped, in the digits of the language.
import { whenNeeded } from "./when-needed.ts";

// Built once: to look one up by its name costs five times what it costs to use it.
const numbers = {
  fa: whenNeeded(() => new Intl.NumberFormat("fa-IR")),
  en: whenNeeded(() => new Intl.NumberFormat("en-US")),
} as const;

/** Example: 3289000 is `۳٬۲۸۹٬۰۰۰` in Persian and `3,289,000` in English. */
export function amountText(language: "fa" | "en", amountRials: number): string {
  return numbers[language]().format(amountRials);
}

const short = {
  fa: whenNeeded(() => new Intl.NumberFormat("fa-IR", { notation: "compact" })),
  en: whenNeeded(() => new Intl.NumberFormat("en-US", { notation: "compact" })),
} as const;

/** For the scale of a chart. Example: 2500000 is `۲٫۵ میلیون` and `2.5M`. */
export function shortAmountText(language: "fa" | "en", number: number): string {
  return short[language]().format(number);
}

/** Ten Rials are a Toman. Example: 3289005 is `۳۲۸٬۹۰۰٫۵`. */
export function tomanText(language: "fa" | "en", amountRials: number): string {
  return amountText(language, amountRials / 10);
}

/** Example: 1000 basis points are `۱۰٪` and `10%`. */
export function percentText(language: "fa" | "en", basisPoints: number): string {
  const options = { style: "percent", maximumFractionDigits: 2 } as const;
  return (basisPoints / 10_000).toLocaleString(language === "fa" ? "fa-IR" : "en-US", options);
}

/** A number of digits that names something, as it stands, in the digits of the language. Example: `۰۴۹۹۳۷۰۸۹۹`. */
export function digitsText(language: "fa" | "en", text: string): string {
  if (language === "en") return text;
  return text.replaceAll(/\d/g, (digit) => String.fromCharCode(0x06f0 + Number(digit)));
}
