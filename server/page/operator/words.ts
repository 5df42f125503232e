// Moments and sums as an operator reads them.
import type { Instant } from "../../../contract/common/time.ts";
import { amountText } from "../../text/amount.ts";
import { shortDateText, timeText } from "../../text/date.ts";
import type { Texts } from "../../text/texts.ts";

/** Example: `۱ آذر ۱۴۰۵، ۱۱:۳۰`: to the minute, in Tehran. */
export function moment({ language }: Texts, at: Instant): string {
  const atMs = Date.parse(at);
  return `${shortDateText(language, atMs)}${language === "fa" ? "،" : ","} ${timeText(language, atMs)}`;
}

/** Example: `۳٬۲۸۹٬۰۰۰ ریال`: as the books have it. */
export function rials({ language, site }: Texts, amountRials: number): string {
  return site.units.rials(amountText(language, amountRials));
}
