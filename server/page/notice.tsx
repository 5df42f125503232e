// A page with one thing to say: where a bank sends the payer back to.
import type { Notice, Texts } from "../text/texts.ts";
import { framed } from "./frame.tsx";

/** The whole page as text. */
export function noticePage(texts: Texts, { title, text }: Notice): string {
  return framed(
    texts,
    title,
    <>
      <p>{text}</p>
      <p class="quiet">{texts.closePage}</p>
    </>,
  );
}
