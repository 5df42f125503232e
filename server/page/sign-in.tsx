// The page of a login link: one button, which posts to the page's own address; and the page behind it, which leads back to
// the partner by itself. A redirect would not do: browsers hold it to the forms that a page may send.
import type { Texts } from "../text/texts.ts";
import { framed } from "./frame.tsx";

interface Way {
  readonly returnUrl: string;
}

/** The whole page as text. It names nobody, and where it leads: whoever came by a link of others can see that. */
export function signInPage(texts: Texts, { returnUrl }: Way): string {
  const { title, text, button, onward } = texts.signInPage;
  return framed(
    texts,
    title,
    <>
      <p>{text}</p>
      <form method="post">
        <button type="submit" class="wide">
          {button}
        </button>
      </form>
      <p class="quiet">
        {onward} <bdi dir="ltr">{new URL(returnUrl).host}</bdi>
      </p>
    </>,
  );
}

/** Leads on at once, and by a link for browsers that stay. */
export function onwardPage(texts: Texts, { returnUrl }: Way): string {
  const { done, link } = texts.signInPage;
  return framed(
    texts,
    done.title,
    <>
      <p>{done.text}</p>
      <p>
        <a href={returnUrl} rel="noreferrer">
          {link}
        </a>
      </p>
    </>,
    <meta http-equiv="refresh" content={`0;url=${returnUrl}`} />,
  );
}
