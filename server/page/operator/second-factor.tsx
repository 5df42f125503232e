// An operator enrols a second factor: the password, a code of the authenticator, and the backup codes, shown this once.
import * as z from "zod";
import { accepted } from "../site/api.ts";
import { Field, Form } from "../site/parts.tsx";
import { missing, typed, type OpenPage, type Onward, type View, type Visit } from "../site/visit.ts";
import { latinDigits } from "../site/words.ts";

const Enrolled = z.object({ secret: z.string(), uri: z.string() });
const Confirmed = z.object({ backupCodes: z.array(z.string()) });

/** For an operator who has none yet, and therefore may see no page for operators. */
export const secondFactor: OpenPage = {
  path: "/operator/second-factor",
  who: "anyone",
  show: async (visit) => (await hasOne(visit)) ?? (visit.form.get("do") === "confirm" ? codeView(visit) : view(visit)),
  actions: {
    enrol: async (visit) => {
      const answer = await visit.auth("/second-factor/enrol", { password: visit.form.get("password") ?? "" });
      return codeView(visit, Enrolled.parse(answer));
    },
    confirm: async (visit) => {
      const answer = await visit.auth("/second-factor/confirm", { code: latinDigits(typed(visit, "code")) });
      return backupView(visit, Confirmed.parse(answer).backupCodes);
    },
  },
};

/** Onward to the console for who has one; refused to who is no operator. */
async function hasOne({ api }: Visit): Promise<Onward | null> {
  const answer = await api.operator.getCollecting();
  if (answer.status !== 403) return accepted(answer, 200) && { goTo: "/operator" };
  if (answer.body.code === "forbidden") throw missing();
  return null;
}

function view(visit: Visit): View {
  const { operator, site } = visit.texts;
  const { secondFactor: words } = operator;
  const content = (
    <>
      <p>{words.text}</p>
      <Form visit={visit} does="enrol" class="card">
        <Field
          visit={visit}
          name="password"
          label={site.signIn.password}
          type="password"
          autocomplete="current-password"
        />
        <button class="wide">{words.begin}</button>
      </Form>
    </>
  );
  return { title: words.title, isAlone: true, content };
}

/** The secret is shown once: a code that was refused is asked for again without it. */
function codeView(visit: Visit, enrolled: z.infer<typeof Enrolled> | null = null): View {
  const { operator, site } = visit.texts;
  const { secondFactor: words } = operator;
  const content = (
    <>
      {enrolled ? (
        <section class="card">
          <p>{words.secret}</p>
          <pre dir="ltr">{enrolled.secret.match(/.{1,4}/g)?.join(" ")}</pre>
          <p>
            <a href={enrolled.uri}>{words.open}</a>
          </p>
        </section>
      ) : null}
      <Form visit={visit} does="confirm" class="card">
        <p>{words.confirmText}</p>
        <Field
          visit={visit}
          name="code"
          label={site.signIn.code}
          inputmode="numeric"
          autocomplete="one-time-code"
          maxlength={6}
        />
        <button class="wide">{words.confirm}</button>
      </Form>
      <p>
        <a href="/operator/second-factor">{words.again}</a>
      </p>
    </>
  );
  return { title: words.title, isAlone: true, content };
}

function backupView({ texts }: Visit, codes: readonly string[]): View {
  const { secondFactor: words } = texts.operator;
  const content = (
    <>
      <p>{words.backup}</p>
      <pre dir="ltr">{codes.join("\n")}</pre>
      <div class="actions">
        <a class="button" href="/operator">
          {words.onward}
        </a>
      </div>
    </>
  );
  return { title: words.done, isAlone: true, content };
}
