// Amounts as people read them: grouped, in the digits of the language.

/** Example: 3289000 is `۳٬۲۸۹٬۰۰۰` in Persian and `3,289,000` in English. */
export function amountText(language: "fa" | "en", amountRials: number): string {
  return amountRials.toLocaleString(language === "fa" ? "fa-IR" : "en-US");
}
