// A page with one thing to say: where a bank sends the payer back to.
import type { Notice, Texts } from "../text/texts.ts";
import { framed } from "./frame.tsx";

interface More {
  /** Shown anew by itself after so many seconds: what it says is not the end yet. */
  readonly refreshS?: number;
  /** Where it goes on, for who is signed in on our own pages; others go back to where they came from. */
  readonly onward?: string | null;
}

/** The whole page as text. */
export function noticePage(texts: Texts, { title, text }: Notice, { refreshS, onward = null }: More = {}): string {
  return framed(
    texts,
    title,
    <>
      <p>{text}</p>
      {onward === null ? (
        <p class="quiet">{texts.closePage}</p>
      ) : (
        <a class="button wide" href={onward}>
          {texts.site.agreement.onward}
        </a>
      )}
    </>,
    refreshS === undefined ? null : <meta http-equiv="refresh" content={String(refreshS)} />,
  );
}
