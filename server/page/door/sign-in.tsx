// Signing in with an e-mail address and a password; operators with a code of their second factor as well.
import * as z from "zod";
import { Button, Field, Form } from "../site/parts.tsx";
import { ownAddress, typed, type OpenPage, type View, type Visit } from "../site/visit.ts";
import { latinDigits } from "../site/words.ts";

const SignedIn = z.object({ user: z.object({ role: z.string().nullish() }) });

export const signIn: OpenPage = {
  path: "/sign-in",
  who: "anyone",
  show: async (visit) => view(visit),
  actions: {
    in: async (visit) => {
      const { auth, form, url } = visit;
      const code = form.has("code") ? { code: latinDigits(typed(visit, "code")) } : {};
      const credentials = { email: typed(visit, "email"), password: form.get("password") ?? "", ...code };
      const { user } = SignedIn.parse(await auth("/sign-in/email", credentials));
      const home = user.role === "operator" ? "/operator" : "/account";
      return { goTo: ownAddress(visit, url.searchParams.get("next"), home) };
    },
    resend: async (visit) => {
      const callbackURL = `${visit.publicUrl}/sign-in?done=emailProved`;
      await visit.auth("/send-verification-email", { email: typed(visit, "email"), callbackURL });
      return { goTo: "/sign-in?done=resent" };
    },
  },
};

function view(visit: Visit): View {
  const { texts, trouble, form, url } = visit;
  const words = texts.site.signIn;
  const next = url.searchParams.get("next");
  const query = next === null ? "" : `?next=${encodeURIComponent(next)}`;
  const content = (
    <>
      <div class="card">
        <Form visit={visit} does="in">
          <Field visit={visit} name="email" label={words.email} type="email" autocomplete="username" />
          <Field visit={visit} name="password" label={words.password} type="password" autocomplete="current-password" />
          {form.has("code") || trouble?.code === "SECOND_FACTOR_CODE_REQUIRED" ? (
            <Field visit={visit} name="code" label={words.code} autocomplete="one-time-code" maxlength={20} />
          ) : null}
          <button class="wide">{words.button}</button>
        </Form>
        {trouble?.code === "EMAIL_NOT_VERIFIED" ? (
          <div class="actions">
            <Button visit={visit} does="resend" of={{ email: form.get("email") ?? "" }} look="second">
              {words.resend}
            </Button>
          </div>
        ) : null}
      </div>
      <p>
        {words.noAccount} <a href={`/sign-up${query}`}>{words.signUp}</a>
      </p>
      <p>
        <a href="/forgot-password">{words.forgot}</a>
      </p>
      <p>
        <a href={`/sign-in/code${query}`}>{texts.site.byCode.title}</a>
      </p>
    </>
  );
  return { title: words.title, isAlone: true, content };
}
