// Amounts, dates and refusals as a subscriber reads them.
import * as z from "zod";
import type { Instant } from "../../../contract/common/time.ts";
import { problems, type ProblemCode } from "../../../contract/common/problem.ts";
import type { Price, Product } from "../../../contract/product.ts";
import { amountText, tomanText } from "../../text/amount.ts";
import { shortDateText } from "../../text/date.ts";
import { problemWords } from "../../text/problems.ts";
import type { Texts } from "../../text/texts.ts";
import type { Trouble } from "./visit.ts";

/** Example: `۳۲۸٬۹۰۰ تومان`: as people speak of money. */
export function toman({ language, site }: Texts, amountRials: number): string {
  return site.units.toman(tomanText(language, amountRials));
}

/** Example: `۳۲۸٬۹۰۰ تومان (۳٬۲۸۹٬۰۰۰ ریال)`: where it is agreed or paid. */
export function tomanAndRials({ language, site }: Texts, amountRials: number): string {
  return site.units.both(tomanText(language, amountRials), amountText(language, amountRials));
}

export function count({ language }: Texts, number: number): string {
  return amountText(language, number);
}

/** Example: `۱ آذر ۱۴۰۵`. */
export function day({ language }: Texts, at: Instant): string {
  return shortDateText(language, Date.parse(at));
}

/** The last day of a span whose end is not part of it. */
export function lastDay({ language }: Texts, endsAt: Instant): string {
  return shortDateText(language, Date.parse(endsAt) - 1);
}

/** A product's name as its seller calls it in this language. */
export function nameOf({ language }: Texts, { name, translations }: Pick<Product, "name" | "translations">): string {
  return translations[language]?.name ?? name;
}

export function descriptionOf({ language }: Texts, { description, translations }: Product): string {
  return translations[language]?.description ?? description;
}

/** Example: `ماهانه`. */
export function intervalOf({ site }: Texts, { interval }: Pick<Price, "interval">): string {
  return interval === null ? site.units.once : site.units[interval];
}

/** Example: `در ماه`. */
export function perInterval({ site }: Texts, { interval }: Pick<Price, "interval">): string {
  if (interval === null) return site.units.once;
  return interval === "month" ? site.units.perMonth : site.units.perYear;
}

/** Example: `۳۲۸٬۹۰۰ تومان در ماه`. */
export function priceText(texts: Texts, totalRials: number, price: Price): string {
  return totalRials === 0 ? texts.site.units.free : `${toman(texts, totalRials)} ${perInterval(texts, price)}`;
}

const Code = z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]);

/** Why something was refused, in a sentence. */
export function troubleText({ language, site }: Texts, { code, field, requestId }: Trouble): string {
  const { of, auth, field: fields, missing, wrong, elsewhere, again } = site.trouble;
  if (code === "missing") return missing;
  if (code === "elsewhere") return elsewhere;
  if (code === "validation_failed") return wordIn(fields, field ?? "") ?? wrong;
  const own = wordIn(of, code) ?? wordIn(auth, code);
  if (own !== null) return own;
  const known = Code.safeParse(code).data;
  if (known === undefined || known === "internal_error") return `${again.text} ${requestId ?? "-"}`;
  return problemWords(known, language).happened;
}

/** What was typed, in Latin digits: Persian and Arabic keyboards write their own. Example: `۱۲۳` is `123`. */
export function latinDigits(text: string): string {
  return text.replaceAll(/[۰-۹٠-٩]/g, (digit) => String(digit.charCodeAt(0) & 0xf));
}

/** A word by a name that came from elsewhere; null when there is none. */
export function wordIn(words: Readonly<Record<string, string>>, name: string): string | null {
  return Object.hasOwn(words, name) ? (words[name] ?? null) : null;
}
