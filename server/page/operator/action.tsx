// Doing one thing about one thing: what it means, what it needs to know, and why. Each has an address of its own, so that
// what is about to be done is read before it is.
import { CustomerId } from "../../../contract/common/id.ts";
import { Facts, Form } from "../site/parts.tsx";
import { missing, typed, type OperatorPage, type Visit } from "../site/visit.ts";
import { actions, isAction, type ActionName } from "./actions.tsx";
import { Code, Reason } from "./parts.tsx";

interface ActionOn {
  readonly visit: Visit;
  readonly name: ActionName;
  /** The id of what it is about. */
  readonly about: string;
  /** Whose it is, where it leads back to a customer. */
  readonly of?: string;
  readonly product?: string;
}

/** Leads to where it is done. */
export function Action({ visit, name, about, of, product }: ActionOn) {
  const query = new URLSearchParams({ ...(of && { of }), ...(product && { product }) }).toString();
  return (
    <a
      class={actions[name].isGrave ? "pick wrong" : "pick act"}
      href={`/operator/actions/${name}/${about}${query && `?${query}`}`}
    >
      {visit.texts.operator.actions.of[name].title}
    </a>
  );
}

export const action: OperatorPage = {
  path: "/operator/actions/:action/:about",
  who: "operator",
  show: async (visit) => {
    const { name, about } = named(visit);
    const { actions: words } = visit.texts.operator;
    const { title, text, button } = words.of[name];
    const { Fields, isGrave } = actions[name];
    const content = (
      <section class="card slim">
        <p>{text}</p>
        <Facts facts={[[words.about, <Code>{about}</Code>]]} />
        <Form visit={visit} does="act">
          {Fields ? <Fields visit={visit} /> : null}
          <Reason visit={visit} />
          <button class={isGrave ? "danger" : undefined}>{button}</button>
        </Form>
        <p>
          <a href={backOf(visit, name)}>{visit.texts.operator.back}</a>
        </p>
      </section>
    );
    return { title, content };
  },
  actions: {
    act: async (visit) => {
      const { name, about } = named(visit);
      await actions[name].act(visit, { about, reason: typed(visit, "reason") });
      return { goTo: `${backOf(visit, name)}?done=${actions[name].done ?? name}` };
    },
  },
};

function named({ params }: Visit): { readonly name: ActionName; readonly about: string } {
  const { action: name = "", about = "" } = params;
  if (!isAction(name) || !actions[name].isAbout(about)) throw missing();
  return { name, about };
}

/** To the list it stood in, or the customer whom it was about. */
function backOf({ url }: Visit, name: ActionName): string {
  const of = CustomerId.safeParse(url.searchParams.get("of")).data;
  return actions[name].back ?? (of ? `/operator/customers/${of}` : "/operator/customers");
}
