// What every page of ours has around it: where to go, what was just done or refused, language and look.
import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import { textsIn } from "../../text/languages.ts";
import { style } from "../style.ts";
import { troubleText, wordIn } from "./words.ts";
import type { View, Visit } from "./visit.ts";

const looks = ["auto", "light", "dark"] as const;

/** Subscribers come to these from their settings. */
const underSettings = ["/account/mobile", "/account/buyer", "/account/erase"];

/** A whole page as text. */
export function laidOut(visit: Visit, view: View): string {
  const { texts, look } = visit;
  const { title, refreshS, isAlone = false } = view;
  const content = String(<>{view.content}</>);
  const isSaidThere = content.includes(`id="${view.trouble?.field}-wrong"`);
  const page = (
    <html lang={texts.language} dir={texts.direction} data-look={look}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <title>{`${title} · ${texts.brand}`}</title>
        {refreshS === undefined ? null : <meta http-equiv="refresh" content={String(refreshS)} />}
        <style dangerouslySetInnerHTML={{ __html: style }} />
      </head>
      <body class={visit.isOperator ? "operating" : undefined}>
        <Top visit={visit} />
        <main id="main" class={isAlone ? "alone" : undefined}>
          <div>
            <h1>{title}</h1>
            <Said visit={{ ...visit, trouble: view.trouble ?? null }} isSaidThere={isSaidThere} />
            {raw(content)}
          </div>
        </main>
        <Foot visit={visit} />
      </body>
    </html>
  );
  return `<!doctype html>${page}`;
}

function Top({ visit }: { visit: Visit }) {
  const { nav } = visit.texts.site;
  return (
    <header class="top">
      <a class="skip" href="#main">
        {nav.skip}
      </a>
      <div>
        <a class="brand" href={visit.isOperator ? "/operator" : "/products"}>
          {visit.texts.brand}
        </a>
        <nav>
          <Places visit={visit} />
        </nav>
        {visit.isSignedIn ? (
          <form method="post" action="/sign-out">
            <button class="plainly" name="do" value="out">
              {nav.signOut}
            </button>
          </form>
        ) : (
          <a href="/sign-in">{nav.signIn}</a>
        )}
      </div>
    </header>
  );
}

/** What stands under a place counts to it; what stands under none of an operator's, to all the rest. */
function Places({ visit }: { visit: Visit }) {
  const { pathname, searchParams } = visit.url;
  const places = placesOf(visit);
  const stands = underSettings.includes(pathname) ? "/account/settings" : pathname;
  const under = places.findLast(([to]) => `${stands}/`.startsWith(`${to}/`))?.[0];
  const isOfCustomer = pathname.startsWith("/operator/payments/") || searchParams.has("of");
  const elsewhere = isOfCustomer ? "/operator/customers" : "/operator/all";
  const here = under === "/operator" && pathname !== under ? elsewhere : under;
  return (
    <>
      {places.map(([to, name]) => (
        <a href={to} aria-current={to === pathname ? "page" : to === here ? "true" : undefined}>
          {name}
        </a>
      ))}
    </>
  );
}

/** With their names; what stands under another comes after it. */
function placesOf({ texts, isOperator, me }: Visit): readonly (readonly [string, string])[] {
  const { site, operator } = texts;
  if (isOperator) {
    return [
      ["/operator", operator.nav.today],
      ["/operator/metrics", operator.nav.metrics],
      ["/operator/exceptions", operator.nav.exceptions],
      ["/operator/customers", operator.nav.customers],
      ["/operator/all", operator.nav.all],
    ];
  }
  if (!me) return [["/products", site.nav.products]];
  return [
    ["/products", site.nav.products],
    ["/account", site.nav.account],
    ["/account/settings", site.nav.settings],
  ];
}

/** What was done on the page before, or refused on this one: unless that is said at its field already. */
function Said({ visit, isSaidThere }: { visit: Visit; isSaidThere: boolean }): Child {
  const { texts, trouble, url, isOperator } = visit;
  if (trouble && !isSaidThere) {
    return (
      <div class="trouble" role="alert">
        <p>{troubleText(texts, trouble)}</p>
      </div>
    );
  }
  const done = trouble
    ? null
    : wordIn((isOperator ? texts.operator : texts.site).done, url.searchParams.get("done") ?? "");
  return done === null ? null : (
    <p class="note" role="status">
      {done}
    </p>
  );
}

function Foot({ visit }: { visit: Visit }) {
  const { texts, look, url } = visit;
  const other = textsIn(texts.language === "fa" ? "en" : "fa");
  const back = `${url.pathname}${url.search}`;
  return (
    <footer class="foot">
      <div>
        <form method="post" action="/preferences">
          <input type="hidden" name="do" value="look" />
          <input type="hidden" name="back" value={back} />
          <span>{texts.site.look.title}</span>
          {looks.map((each) => (
            <button class="pick" name="look" value={each} aria-pressed={each === look ? "true" : "false"}>
              {texts.site.look[each]}
            </button>
          ))}
        </form>
        <form method="post" action="/preferences">
          <input type="hidden" name="do" value="language" />
          <input type="hidden" name="back" value={back} />
          <button class="pick" name="language" value={other.language} lang={other.language}>
            {other.languageName}
          </button>
        </form>
      </div>
    </footer>
  );
}
