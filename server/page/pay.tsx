// The page of a payment link: what is to be paid, and one button. It names nobody.
import { amountText, tomanText } from "../text/amount.ts";
import type { Texts } from "../text/texts.ts";
import { framed } from "./frame.tsx";

interface Owed {
  readonly productName: string;
  readonly dueRials: number;
}

/** The whole page as text; its button posts to the page's own address. */
export function payPage(texts: Texts, { productName, dueRials }: Owed): string {
  const { title, product, amount, withVat, rials, button, onward } = texts.payPage;
  return framed(
    texts,
    title,
    <>
      <dl>
        <dt>{product}</dt>
        <dd>
          <bdi>{productName}</bdi>
        </dd>
        <dt>{amount}</dt>
        <dd>
          {texts.site.units.toman(tomanText(texts.language, dueRials))}
          <br />
          <span class="quiet">{`${amountText(texts.language, dueRials)} ${rials} · ${withVat}`}</span>
        </dd>
      </dl>
      <form method="post">
        <button type="submit" class="wide">
          {button}
        </button>
      </form>
      <p class="quiet">{onward}</p>
    </>,
  );
}
