// A key or a signing secret, on the one page that ever shows it.
import type { View, Visit } from "../site/visit.ts";

interface Shown {
  readonly title: string;
  /** Null where the same form was sent before. */
  readonly secret: string | null;
  readonly back: string;
}

export function secretShown({ texts }: Visit, { title, secret, back }: Shown): View {
  const { partners: words } = texts.operator;
  const content = (
    <>
      {secret === null ? null : <pre dir="ltr">{secret}</pre>}
      <p>{secret === null ? words.shownBefore : words.shownOnce}</p>
      <div class="actions">
        <a class="button" href={back}>
          {words.onward}
        </a>
      </div>
    </>
  );
  return { title, isAlone: true, content };
}
