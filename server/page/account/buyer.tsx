// Who invoices are made out to: what the tax office wants to know of a person, or of a company.
import { BuyerKind, type BuyerDetails, type BuyerInput } from "../../../contract/buyer.ts";
import { accepted } from "../site/api.ts";
import { digitsText } from "../../text/amount.ts";
import { Facts, Field, Form } from "../site/parts.tsx";
import { typed, type OwnPage, type OwnVisit } from "../site/visit.ts";

export const buyer: OwnPage = {
  path: "/account/buyer",
  who: "subscriber",
  show: async (visit) => {
    const { buyer: words } = visit.texts.site;
    const details = accepted(await visit.api.buyers.get(), 200).body.data;
    const content = (
      <>
        <p>{words.text}</p>
        <Present visit={visit} details={details} />
        <Change visit={visit} details={details} />
        <p>
          <a href="/account/settings">{words.back}</a>
        </p>
      </>
    );
    return { title: words.title, content };
  },
  actions: {
    save: async (visit) => {
      accepted(await visit.api.buyers.set({ body: detailsIn(visit) }), 200);
      return { goTo: "/account/buyer?done=saved" };
    },
  },
};

/** What was typed, with the id that belongs to its kind; the tax office's own shape is checked behind the contract. */
function detailsIn(visit: OwnVisit): BuyerInput {
  const kind = BuyerKind.catch("natural").parse(visit.form.get("kind"));
  const economicCode = visit.form.get("economicCode")?.trim() ?? "";
  return {
    kind,
    name: typed(visit, "name"),
    ...(kind === "natural" ? { nationalId: typed(visit, "nationalId") } : { legalId: typed(visit, "legalId") }),
    ...(economicCode !== "" && { economicCode }),
    postalCode: typed(visit, "postalCode"),
    address: typed(visit, "address"),
  };
}

interface Given {
  readonly visit: OwnVisit;
  readonly details: BuyerDetails | null;
}

function Present({ visit, details }: Given) {
  const { buyer: words } = visit.texts.site;
  if (details === null) return <p class="quiet">{words.none}</p>;
  const { kind, name, identifier, economicCode, postalCode, address } = details;
  const digits = (text: string) => <bdi dir="ltr">{digitsText(visit.texts.language, text)}</bdi>;
  return (
    <section class="card">
      <h2>{words.now}</h2>
      <Facts
        facts={[
          [words.kind, words.kinds[kind]],
          [kind === "natural" ? words.ownName : words.companyName, name],
          [kind === "natural" ? words.nationalId : words.legalId, digits(identifier)],
          ...(economicCode === null ? [] : [[words.economicCode, digits(economicCode)] as const]),
          [words.postalCode, digits(postalCode)],
          [words.address, address],
        ]}
      />
    </section>
  );
}

function Change({ visit, details }: Given) {
  const { buyer: words } = visit.texts.site;
  const chosen = visit.form.get("kind") ?? details?.kind ?? "natural";
  return (
    <section class="card">
      <h2>{details === null ? words.give : words.change}</h2>
      <Form visit={visit} does="save">
        <fieldset>
          <legend>{words.kind}</legend>
          {BuyerKind.options.map((kind) => (
            <label class="choice">
              <input type="radio" name="kind" value={kind} checked={kind === chosen} />
              <span>{words.kinds[kind]}</span>
            </label>
          ))}
        </fieldset>
        <Field
          visit={visit}
          name="name"
          label={words.name}
          dir="auto"
          maxlength={120}
          autocomplete="name"
          value={details?.name ?? ""}
        />
        <Field
          visit={visit}
          name="nationalId"
          label={words.nationalId}
          hint={words.ofPerson}
          inputmode="numeric"
          isOptional
        />
        <Field
          visit={visit}
          name="legalId"
          label={words.legalId}
          hint={words.ofCompany}
          inputmode="numeric"
          isOptional
        />
        <Field
          visit={visit}
          name="economicCode"
          label={words.economicCode}
          hint={words.ifAny}
          inputmode="numeric"
          isOptional
          value={details?.economicCode ?? ""}
        />
        <Field
          visit={visit}
          name="postalCode"
          label={words.postalCode}
          value={details?.postalCode ?? ""}
          inputmode="numeric"
          autocomplete="postal-code"
        />
        <Field
          visit={visit}
          name="address"
          label={words.address}
          value={details?.address ?? ""}
          dir="auto"
          maxlength={300}
          autocomplete="street-address"
        />
        <button>{words.save}</button>
      </Form>
    </section>
  );
}
