// An operator gives up the second factor to enrol anew, or resets that of another who has lost theirs.
import { Field, Form } from "../site/parts.tsx";
import { typed, type OperatorPage } from "../site/visit.ts";
import { latinDigits } from "../site/words.ts";
import { Reason } from "./parts.tsx";

export const factor: OperatorPage = {
  path: "/operator/factor",
  who: "operator",
  show: async (visit) => {
    const { operator, site } = visit.texts;
    const { secondFactor: words } = operator;
    const content = (
      <div class="pair">
        <section class="card">
          <h2>{words.give}</h2>
          <p>{words.giveText}</p>
          <Form visit={visit} does="give">
            <Field
              visit={visit}
              name="password"
              label={site.signIn.password}
              type="password"
              autocomplete="current-password"
            />
            <Field visit={visit} name="code" label={site.signIn.code} autocomplete="one-time-code" maxlength={20} />
            <button class="danger">{words.giveButton}</button>
          </Form>
        </section>
        <section class="card">
          <h2>{words.reset}</h2>
          <p>{words.resetText}</p>
          <Form visit={visit} does="reset">
            <Field visit={visit} name="userId" label={words.userId} hint={words.userIdHint} maxlength={100} />
            <Reason visit={visit} />
            <button class="danger">{words.resetButton}</button>
          </Form>
        </section>
      </div>
    );
    return { title: words.title, content };
  },
  actions: {
    give: async (visit) => {
      const body = { password: visit.form.get("password") ?? "", code: latinDigits(typed(visit, "code")) };
      await visit.auth("/second-factor/disable", body);
      return { goTo: "/operator/second-factor" };
    },
    reset: async (visit) => {
      const body = { userId: typed(visit, "userId"), reason: typed(visit, "reason") };
      await visit.auth("/second-factor/reset", body);
      return { goTo: "/operator/factor?done=factorReset" };
    },
  },
};
