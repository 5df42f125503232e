// The form that opens a direct debit to be signed, with what some banks want to know.
import { Field, Form } from "../site/parts.tsx";
import type { OwnVisit } from "../site/visit.ts";

export function SignForm({ visit }: { visit: OwnVisit }) {
  const { subscribe: words } = visit.texts.site;
  return (
    <Form visit={visit} does="sign">
      <Field visit={visit} name="nationalId" label={words.nationalId} inputmode="numeric" maxlength={10} isOptional />
      <button class="wide">{words.signButton}</button>
    </Form>
  );
}
