// A forgotten password: asking for the link, and the page that the link leads to.
import { Field, Form, notice, ToSignIn } from "../site/parts.tsx";
import { Refused, typed, type OpenPage, type Visit } from "../site/visit.ts";

export const forgotPassword: OpenPage = {
  path: "/forgot-password",
  who: "anyone",
  show: async (visit) => {
    const { forgot, signIn } = visit.texts.site;
    const content = (
      <>
        <p>{forgot.text}</p>
        <Form visit={visit} does="send" class="card">
          <Field visit={visit} name="email" label={signIn.email} type="email" autocomplete="username" />
          <button class="wide">{forgot.button}</button>
        </Form>
        <ToSignIn texts={visit.texts} />
      </>
    );
    return { title: forgot.title, isAlone: true, content };
  },
  actions: {
    send: async (visit) => {
      const redirectTo = `${visit.publicUrl}/reset-password`;
      await visit.auth("/request-password-reset", { email: typed(visit, "email"), redirectTo });
      return notice(visit.texts.site.forgot.sent, <ToSignIn texts={visit.texts} />);
    },
  },
};

export const resetPassword: OpenPage = {
  path: "/reset-password",
  who: "anyone",
  show: async (visit) => {
    tokenOf(visit);
    const { reset, signUp, forgot } = visit.texts.site;
    // No password can mend a link that is used or too old.
    if (visit.trouble?.code === "INVALID_TOKEN") {
      const again = (
        <a class="button wide" href="/forgot-password">
          {forgot.button}
        </a>
      );
      return { title: reset.title, isAlone: true, content: again };
    }
    const content = (
      <Form visit={visit} does="set" class="card">
        <Field
          visit={visit}
          name="password"
          label={reset.password}
          type="password"
          autocomplete="new-password"
          hint={signUp.passwordHint}
        />
        <button class="wide">{reset.button}</button>
      </Form>
    );
    return { title: reset.title, isAlone: true, content };
  },
  actions: {
    set: async (visit) => {
      const token = tokenOf(visit);
      await visit.auth("/reset-password", { newPassword: visit.form.get("password") ?? "", token });
      return { goTo: "/sign-in?done=passwordSet" };
    },
  },
};

/** A link that is used or too old comes without one. */
function tokenOf({ url }: Visit): string {
  const token = url.searchParams.get("token");
  if (token === null) throw new Refused({ code: "INVALID_TOKEN", status: 400, field: null, requestId: null });
  return token;
}
