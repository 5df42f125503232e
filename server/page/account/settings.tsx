// Settings: how to be reached, what to be told, where one is signed in, and everything that is known, as a file.
import type { NotificationPreference } from "../../../contract/notification.ts";
import { accepted } from "../site/api.ts";
import { Button, Facts, Form } from "../site/parts.tsx";
import { typed, type OwnPage, type OwnVisit } from "../site/visit.ts";
import { day } from "../site/words.ts";
import { digitsText } from "../../text/amount.ts";

export const settings: OwnPage = {
  path: "/account/settings",
  who: "subscriber",
  show: async (visit) => {
    const { texts, api, me } = visit;
    const { settings: words } = texts.site;
    const [preferences, sessions] = await Promise.all([api.notifications.getPreferences(), api.account.sessions()]);
    const content = (
      <>
        <section class="card">
          <Facts
            facts={[
              ...(me.email === null ? [] : [[words.email, <bdi dir="ltr">{me.email}</bdi>] as const]),
              [words.mobile, <MobileNumber visit={visit} />],
            ]}
          />
        </section>
        <section class="card">
          <div class="row">
            <h2>{texts.site.buyer.title}</h2>
            <a href="/account/buyer">{texts.site.buyer.see}</a>
          </div>
          <p class="quiet">{texts.site.buyer.short}</p>
        </section>
        <Notices visit={visit} preferences={accepted(preferences, 200).body.data.preferences} />
        <section class="card">
          <h2>{words.sessions}</h2>
          <ul class="plain">
            {accepted(sessions, 200).body.data.map(({ id, userAgent, usedAt }) => (
              <li class="row">
                <span>
                  <bdi dir="ltr">{browserIn(userAgent) ?? words.unknownBrowser}</bdi>
                  <br />
                  <span class="quiet">{words.session(day(texts, usedAt))}</span>
                </span>
                <Button visit={visit} does="endSession" of={{ id }} look="second">
                  {words.end}
                </Button>
              </li>
            ))}
          </ul>
          <div class="actions">
            <Button visit={visit} does="endOthers" look="second">
              {words.endAll}
            </Button>
          </div>
        </section>
        <section class="card">
          <h2>{words.data}</h2>
          <p>{words.dataText}</p>
          <div class="actions">
            <Button visit={visit} does="download" look="second">
              {words.download}
            </Button>
            <a class="button danger" href="/account/erase">
              {texts.site.erase.title}
            </a>
          </div>
        </section>
      </>
    );
    return { title: words.title, content };
  },
  actions: {
    save: async (visit) => {
      const { preferences } = accepted(await visit.api.notifications.getPreferences(), 200).body.data;
      const changes = preferences
        .filter(({ always }) => !always)
        .map(({ kind }) => ({ kind, email: visit.form.has(`email-${kind}`), sms: visit.form.has(`sms-${kind}`) }));
      accepted(await visit.api.notifications.setPreferences({ body: { preferences: changes } }), 200);
      return { goTo: "/account/settings?done=saved" };
    },
    endSession: async (visit) => {
      accepted(await visit.api.account.revokeSession({ params: { sessionId: typed(visit, "id") }, body: {} }), 200);
      return { goTo: "/account/settings?done=signedOutThere" };
    },
    endOthers: async ({ auth }) => {
      await auth("/revoke-other-sessions", {});
      return { goTo: "/account/settings?done=signedOutThere" };
    },
    download: async ({ api }) => {
      const { data } = accepted(await api.account.export({ body: {} }), 200).body;
      return { fileName: "sarresid.json", contentType: "application/json", text: JSON.stringify(data, null, 2) };
    },
  },
};

function MobileNumber({ visit }: { visit: OwnVisit }) {
  const { texts, me } = visit;
  const { settings: words } = texts.site;
  const way = <a href="/account/mobile">{words.prove}</a>;
  if (me.mobile !== null) return <bdi dir="ltr">{digitsText(texts.language, me.mobile)}</bdi>;
  return (
    <>
      {words.noMobile} · {way}
    </>
  );
}

function Notices({ visit, preferences }: { visit: OwnVisit; preferences: readonly NotificationPreference[] }) {
  const { settings: words } = visit.texts.site;
  return (
    <section class="card">
      <h2>{words.notices}</h2>
      <p>{words.noticesText}</p>
      <Form visit={visit} does="save">
        {preferences.map(({ kind, email, sms, always }) => (
          <fieldset class="row">
            <legend>{words.kinds[kind]}</legend>
            {always ? (
              <span class="quiet">{words.always}</span>
            ) : (
              <span class="row">
                <label class="choice">
                  <input type="checkbox" name={`email-${kind}`} checked={email} />
                  {words.byEmail}
                </label>
                <label class="choice">
                  <input type="checkbox" name={`sms-${kind}`} checked={sms} />
                  {words.bySms}
                </label>
              </span>
            )}
          </fieldset>
        ))}
        <button>{words.save}</button>
      </Form>
    </section>
  );
}

/** Example: `Firefox · Android`: what a person knows their browser by. */
function browserIn(userAgent: string | null): string | null {
  const browser = /Edg|OPR|SamsungBrowser|Firefox|Chrome|Safari/.exec(userAgent ?? "")?.[0];
  const system = /Android|iPhone|iPad|Windows|Mac OS X|Linux/.exec(userAgent ?? "")?.[0];
  const known = [browser, system].filter((name) => name !== undefined);
  return known.length === 0 ? null : known.join(" · ");
}
