// A new product: what most products say, and behind it what few do.
import { WhenUsedUp } from "../../../contract/product.ts";
import { Field, Form } from "../site/parts.tsx";
import { typed, type Visit } from "../site/visit.ts";
import { latinDigits } from "../site/words.ts";
import { Choice, chosenIn, Lines, namedIn, wholeNumberIn, wordsIn } from "./parts.tsx";

type Language = "fa" | "en";

export function NewProduct({ visit }: { visit: Visit }) {
  const { catalogue: words } = visit.texts.operator;
  return (
    <section class="card">
      <h2>{words.newProduct}</h2>
      <Form visit={visit} does="create" class="fields">
        <Field visit={visit} name="name" label={words.name} maxlength={80} dir="auto" />
        <Field visit={visit} name="description" label={words.description} maxlength={500} dir="auto" isOptional />
        <Field visit={visit} name="messageQuota" label={words.messageQuota} maxlength={24} />
        <Choice visit={visit} name="grantOn" label={words.grantOn} options={words.grantOns} />
        <Choice visit={visit} name="usedUp" label={words.usedUp} options={words.usedUps} />
        <Field
          visit={visit}
          name="roundtableId"
          label={words.roundtableId}
          hint={words.optional}
          maxlength={80}
          isOptional
        />
        <Field
          visit={visit}
          name="features"
          label={words.features}
          hint={words.featuresHint}
          maxlength={400}
          isOptional
        />
        <Choice visit={visit} name="sold" label={words.sold} options={words.solds} />
        <details open={visit.trouble !== null}>
          <summary>{words.more}</summary>
          <div class="fields">
            <Translated visit={visit} language="fa" />
            <Translated visit={visit} language="en" />
            <Field
              visit={visit}
              name="goodsId"
              label={words.goodsId}
              hint={words.goodsIdHint}
              maxlength={13}
              inputmode="numeric"
              isOptional
            />
            <Field
              visit={visit}
              name="unit"
              label={words.unit}
              hint={words.unitHint}
              maxlength={8}
              inputmode="numeric"
              isOptional
            />
          </div>
        </details>
        <button>{words.create}</button>
      </Form>
    </section>
  );
}

function Translated({ visit, language }: { visit: Visit; language: Language }) {
  const { translated } = visit.texts.operator.catalogue;
  const words = translated[language];
  return (
    <>
      <Field
        visit={visit}
        name={`name-${language}`}
        label={words.name}
        hint={translated.hint}
        maxlength={80}
        dir="auto"
        isOptional
      />
      <Field
        visit={visit}
        name={`description-${language}`}
        label={words.description}
        maxlength={300}
        dir="auto"
        isOptional
      />
      <Lines visit={visit} name={`features-${language}`} label={words.features} hint={translated.featuresHint} />
    </>
  );
}

/** What the form says; what it leaves out is as usual. */
export function productIn(visit: Visit) {
  const roundtableId = textIn(visit, "roundtableId");
  return {
    name: typed(visit, "name"),
    description: textIn(visit, "description"),
    messageQuota: wholeNumberIn(visit, "messageQuota"),
    grantOn: chosenIn(visit, "grantOn", ["period_start", "payment"]),
    whenUsedUp: WhenUsedUp.catch("stop").parse(visit.form.get("usedUp")),
    roundtableId: roundtableId === "" ? null : roundtableId,
    features: wordsIn(visit, "features"),
    addOn: visit.form.get("sold") === "beside",
    translations: { fa: translationIn(visit, "fa"), en: translationIn(visit, "en") },
    taxClass: taxClassIn(visit),
  };
}

function textIn({ form }: Visit, field: string): string {
  return form.get(field)?.trim() ?? "";
}

/** Null where nothing was typed; without a name it is refused there. */
function translationIn(visit: Visit, language: Language) {
  const name = textIn(visit, `name-${language}`);
  const description = textIn(visit, `description-${language}`);
  const features = namedIn(visit, `features-${language}`);
  if (name === "" && description === "" && Object.keys(features).length === 0) return null;
  return { name, description, features };
}

/** Null where nothing was typed; half of it is refused at the other half. */
function taxClassIn(visit: Visit) {
  const [goodsId, unit] = [latinDigits(textIn(visit, "goodsId")), latinDigits(textIn(visit, "unit"))];
  return goodsId === "" && unit === "" ? null : { goodsId, unit };
}
