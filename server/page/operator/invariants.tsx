// What must hold of everything that was written about some customers, asked when the page is opened; what does not hold
// stands first.
import type * as z from "zod";
import type { Invariant } from "../../../contract/invariant.ts";
import { invariantInPersian } from "../../text/invariants.ts";
import type { Texts } from "../../text/texts.ts";
import { accepted } from "../site/api.ts";
import type { OperatorPage, Visit } from "../site/visit.ts";
import { count } from "../site/words.ts";
import { Code, cursorIn, More } from "./parts.tsx";

type Checked = z.infer<typeof Invariant>;

export const invariants: OperatorPage = {
  path: "/operator/invariants",
  who: "operator",
  show: async (visit) => {
    const { texts, api } = visit;
    const { invariants: words } = texts.operator;
    const { data: checked, page } = accepted(await api.invariants.list({ query: cursorIn(visit) }), 200).body;
    const broken = checked.filter(({ holds }) => !holds);
    const content = (
      <>
        <p>{words.text}</p>
        <p class="state">
          {broken.length === 0
            ? words.holds(count(texts, checked.length))
            : words.broken(count(texts, broken.length), count(texts, checked.length))}
        </p>
        {broken.map((each) => (
          <Broken visit={visit} checked={each} />
        ))}
        <More visit={visit} nextCursor={page.nextCursor} />
        <details class="card">
          <summary>{words.would}</summary>
          <ul class="plain">
            {checked.map((each) => (
              <li>
                <Said texts={texts} checked={each} />
              </li>
            ))}
          </ul>
        </details>
      </>
    );
    return { title: words.title, content };
  },
};

function Broken({ visit, checked }: { visit: Visit; checked: Checked }) {
  return (
    <section class="card due">
      <Said texts={visit.texts} checked={checked} />
      <h3>{visit.texts.operator.invariants.offenders}</h3>
      <pre dir="ltr" lang="en">
        {checked.offenders.map((offender) => JSON.stringify(offender)).join("\n")}
      </pre>
    </section>
  );
}

/** The interface says it in English alone; what nobody has put into Persian stands as it says it. */
function Said({ texts, checked: { name, sentence } }: { texts: Texts; checked: Checked }) {
  const persian = texts.language === "fa" ? invariantInPersian(name) : null;
  return (
    <>
      <Code>{name}</Code>
      {persian === null ? (
        <p dir="ltr" lang="en">
          {sentence}
        </p>
      ) : (
        <p>{persian}</p>
      )}
    </>
  );
}
