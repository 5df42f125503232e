// Proving a mobile number by a code. The number stays in the form and never stands in an address.
import { Field, Form, Hidden } from "../site/parts.tsx";
import { ownAddress, typed, type OwnPage, type OwnVisit, type View } from "../site/visit.ts";
import { digitsText } from "../../text/amount.ts";

export const mobile: OwnPage = {
  path: "/account/mobile",
  who: "subscriber",
  show: async (visit) => (visit.form.has("code") ? codeView(visit) : numberView(visit)),
  actions: {
    send: async (visit) => {
      await visit.auth("/phone-number/send-otp", { phoneNumber: latin(typed(visit, "mobile")) });
      return codeView(visit);
    },
    verify: async (visit) => {
      const [phoneNumber, code] = [latin(typed(visit, "mobile")), latin(typed(visit, "code"))];
      await visit.auth("/phone-number/verify", { phoneNumber, code });
      const to = new URL(ownAddress(visit, visit.url.searchParams.get("next"), "/account/settings"), visit.publicUrl);
      to.searchParams.set("done", "mobileProved");
      return { goTo: `${to.pathname}${to.search}` };
    },
  },
};

function numberView(visit: OwnVisit): View {
  const words = visit.texts.site.mobile;
  const content = (
    <>
      <p>{words.text}</p>
      <Form visit={visit} does="send" class="card">
        <Field visit={visit} name="mobile" label={words.mobile} type="tel" inputmode="tel" autocomplete="tel" />
        <button class="wide">{words.send}</button>
      </Form>
    </>
  );
  return { title: words.title, isAlone: true, content };
}

function codeView(visit: OwnVisit): View {
  const { texts, form, url } = visit;
  const words = texts.site.mobile;
  const number = form.get("mobile") ?? "";
  const content = (
    <>
      <p>{words.sentTo(digitsText(texts.language, latin(number)))}</p>
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
        <button class="wide">{words.verify}</button>
      </Form>
      <p>
        <a href={`${url.pathname}${url.search}`}>{words.other}</a>
      </p>
    </>
  );
  return { title: words.title, isAlone: true, content };
}

/** Persian and Arabic keyboards write digits of their own. */
function latin(text: string): string {
  return text.replaceAll(/[۰-۹٠-٩]/g, (digit) => String(digit.charCodeAt(0) & 0xf)).replaceAll(/[\s-]/g, "");
}
