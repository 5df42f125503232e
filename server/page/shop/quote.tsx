// A quote, line by line: what is paid now, and what comes after.
import type { Quote } from "../../../contract/subscription.ts";
import { Amount, Facts } from "../site/parts.tsx";
import type { Texts } from "../../text/texts.ts";
import { day, lastDay, toman } from "../site/words.ts";

interface Summed {
  readonly texts: Texts;
  readonly quote: Quote;
  /** What a period costs from then on, and how often that is; left out where it is not known. */
  readonly after?: string;
}

export function QuoteSum({ texts, quote, after }: Summed) {
  const { subscribe: words } = texts.site;
  const discount = quote.lines.reduce((sum, { discountRials }) => sum + discountRials, 0);
  const { subtotalRials, vatRials, creditAppliedRials, dueRials, period } = quote;
  const rows: (readonly [string, string])[] = [
    [words.subtotal, toman(texts, subtotalRials + discount)],
    ...(discount === 0 ? [] : [[words.discount, toman(texts, -discount)] as const]),
    [words.vat, toman(texts, vatRials)],
    ...(creditAppliedRials > 0 ? [[words.credit, toman(texts, -creditAppliedRials)] as const] : []),
    ...(creditAppliedRials < 0 ? [[words.carried, toman(texts, -creditAppliedRials)] as const] : []),
  ];
  return (
    <>
      <p class="quiet">
        {words.period}: {words.fromTo(day(texts, period.startsAt), lastDay(texts, period.endsAt))}
      </p>
      {subtotalRials + discount === 0 ? null : <Facts class="sum" facts={rows} />}
      <p class="row total">
        {words.due} <Amount texts={texts} amountRials={dueRials} />
      </p>
      {quote.trialEndsAt === null ? null : <p>{words.trial(lastDay(texts, quote.trialEndsAt))}</p>}
      {quote.nextChargeAt === null ? null : (
        <p class={after === undefined ? "quiet" : undefined}>
          {after === undefined
            ? words.next(day(texts, quote.nextChargeAt))
            : words.after(after, day(texts, quote.nextChargeAt))}
        </p>
      )}
    </>
  );
}
