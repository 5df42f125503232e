// What a problem's `type` leads to: the code in words, with an example; and all of them in a list.
import { textsIn } from "../text/languages.ts";
import type { Texts } from "../text/texts.ts";
import { framed } from "./frame.tsx";

interface ProblemShown {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly happened: string;
  readonly remedy: string;
  /** A whole answer, as JSON. */
  readonly example: string;
}

/** The whole page as text. */
export function problemPage(texts: Texts, { code, status, title, happened, remedy, example }: ProblemShown): string {
  const { problemPage: words } = texts;
  return framed(
    texts,
    title,
    <>
      <p class="quiet">
        <bdi>
          <code>{`${status} ${code}`}</code>
        </bdi>
      </p>
      <h2>{words.happened}</h2>
      <p>{happened}</p>
      <h2>{words.remedy}</h2>
      <p>{remedy}</p>
      <h2>{words.example}</h2>
      <pre dir="ltr">
        <code>{example}</code>
      </pre>
      <p class="quiet">
        <a href={`/problems?language=${texts.language}`}>{words.all}</a>
        {" · "}
        <OtherLanguage texts={texts} path={`/problems/${code}`} />
      </p>
    </>,
  );
}

/** The page of all codes, by their status. */
export function problemsPage(
  texts: Texts,
  problems: readonly Pick<ProblemShown, "code" | "status" | "title">[],
): string {
  const { problemPage: words, language } = texts;
  return framed(
    texts,
    words.all,
    <>
      <p>{words.allText}</p>
      {[...Map.groupBy(problems, ({ status }) => status)].map(([status, ofStatus]) => (
        <>
          <h2>
            <bdi>{String(status)}</bdi>
          </h2>
          <ul>
            {ofStatus.map(({ code, title }) => (
              <li>
                <a href={`/problems/${code}?language=${language}`}>{title}</a>{" "}
                <bdi>
                  <code class="quiet">{code}</code>
                </bdi>
              </li>
            ))}
          </ul>
        </>
      ))}
      <p class="quiet">
        <OtherLanguage texts={texts} path="/problems" />
      </p>
    </>,
  );
}

/** Leads to the same page in the other language. */
function OtherLanguage({ texts, path }: { texts: Texts; path: string }) {
  const { language, languageName } = textsIn(texts.language === "fa" ? "en" : "fa");
  return (
    <a href={`${path}?language=${language}`} lang={language}>
      {languageName}
    </a>
  );
}
