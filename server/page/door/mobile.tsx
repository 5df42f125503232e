// A code to a mobile number: to prove it, or to sign in by it. The number stays in the form and never stands in an address.
import { Field, Form, Hidden, ToSignIn } from "../site/parts.tsx";
import { ownAddress, typed, type OpenPage, type OwnPage, type View, type Visit } from "../site/visit.ts";
import { latinDigits } from "../site/words.ts";
import { digitsText } from "../../text/amount.ts";

export const mobile: OwnPage = {
  path: "/account/mobile",
  who: "subscriber",
  show: async (visit) => shown(visit, visit.texts.site.mobile),
  actions: {
    send: (visit) => sent(visit, visit.texts.site.mobile),
    verify: async (visit) => {
      await verified(visit);
      const to = new URL(ownAddress(visit, visit.url.searchParams.get("next"), "/account/settings"), visit.publicUrl);
      to.searchParams.set("done", "mobileProved");
      return { goTo: `${to.pathname}${to.search}` };
    },
  },
};

export const signInByCode: OpenPage = {
  path: "/sign-in/code",
  who: "anyone",
  show: async (visit) => shown(visit, visit.texts.site.byCode),
  actions: {
    send: (visit) => sent(visit, visit.texts.site.byCode),
    verify: async (visit) => {
      await verified(visit);
      return { goTo: ownAddress(visit, visit.url.searchParams.get("next"), "/account") };
    },
  },
};

interface Words {
  readonly title: string;
  readonly text: string;
  readonly sentTo: (mobile: string) => string;
  readonly verify: string;
}

async function sent(visit: Visit, words: Words): Promise<View> {
  await visit.auth("/phone-number/send-otp", { phoneNumber: latin(typed(visit, "mobile")) });
  return codeView(visit, words);
}

async function verified(visit: Visit): Promise<void> {
  const [phoneNumber, code] = [latin(typed(visit, "mobile")), latin(typed(visit, "code"))];
  await visit.auth("/phone-number/verify", { phoneNumber, code });
}

function shown(visit: Visit, words: Words): View {
  return visit.form.has("code") ? codeView(visit, words) : numberView(visit, words);
}

function numberView(visit: Visit, { title, text }: Words): View {
  const words = visit.texts.site.mobile;
  const content = (
    <>
      <p>{text}</p>
      <Form visit={visit} does="send" class="card">
        <Field visit={visit} name="mobile" label={words.mobile} type="tel" inputmode="tel" autocomplete="tel" />
        <button class="wide">{words.send}</button>
      </Form>
      {visit.me ? null : <ToSignIn texts={visit.texts} />}
    </>
  );
  return { title, isAlone: true, content };
}

function codeView(visit: Visit, { title, sentTo, verify }: Words): View {
  const { texts, form, url } = visit;
  const words = texts.site.mobile;
  const number = form.get("mobile") ?? "";
  const content = (
    <>
      <p>{sentTo(digitsText(texts.language, latin(number)))}</p>
      <Form visit={visit} does="verify" class="card">
        <Hidden fields={{ mobile: number }} />
        <Field
          visit={visit}
          name="code"
          label={words.code}
          inputmode="numeric"
          autocomplete="one-time-code"
          maxlength={6}
        />
        <button class="wide">{verify}</button>
      </Form>
      <p>
        <a href={`${url.pathname}${url.search}`}>{words.other}</a>
      </p>
    </>
  );
  return { title, isAlone: true, content };
}

function latin(text: string): string {
  return latinDigits(text).replaceAll(/[\s-]/g, "");
}
