// Making an account. A taken address is answered as a free one is, so that nobody learns who is here.
import { Field, Form, notice, ToSignIn } from "../site/parts.tsx";
import { ownAddress, typed, type OpenPage, type View, type Visit } from "../site/visit.ts";

export const signUp: OpenPage = {
  path: "/sign-up",
  who: "anyone",
  show: async (visit) => view(visit),
  actions: {
    up: async (visit) => {
      const { auth, form, texts, url, publicUrl } = visit;
      const next = ownAddress(visit, url.searchParams.get("next"), "/account");
      const callbackURL = `${publicUrl}/sign-in?done=emailProved&next=${encodeURIComponent(next)}`;
      const email = typed(visit, "email");
      // The library wants a name; we bill accounts and ask for none.
      await auth("/sign-up/email", { name: "-", email, password: form.get("password") ?? "", callbackURL });
      return notice(texts.site.signUp.sent, <ToSignIn texts={texts} />);
    },
  },
};

function view(visit: Visit): View {
  const { signUp: words, signIn } = visit.texts.site;
  const content = (
    <>
      <p>{words.text}</p>
      <div class="card">
        <Form visit={visit} does="up">
          <Field visit={visit} name="email" label={signIn.email} type="email" autocomplete="username" />
          <Field
            visit={visit}
            name="password"
            label={signIn.password}
            type="password"
            autocomplete="new-password"
            hint={words.passwordHint}
          />
          <button class="wide">{words.button}</button>
        </Form>
      </div>
      <p>
        {words.haveAccount} <a href="/sign-in">{signIn.button}</a>
      </p>
    </>
  );
  return { title: words.title, isAlone: true, content };
}
