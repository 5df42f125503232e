// Puts our pages on Hono's router. A page is shown, or one of its forms is done and leads on; what our interface refuses
// is said on the same page. Only forms of our own pages are heard, and nothing is kept by a browser.
import { Hono, type Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie, setCookie } from "hono/cookie";
import type { Price } from "../../../contract/product.ts";
import { textsOf } from "../../text/languages.ts";
import { accepted, connect, type Interface } from "./api.ts";
import { laidOut } from "./layout.tsx";
import { notice } from "./parts.tsx";
import {
  choiceCookie,
  lookCookie,
  missing,
  ownAddress,
  Refused,
  type Look,
  type Outcome,
  type Page,
  type Trouble,
  type Visit,
} from "./visit.ts";
import { troubleText } from "./words.ts";

/** What the wiring hands to our pages. */
export interface Site extends Interface {
  /** 43 characters nobody can guess. */
  readonly randomText: () => string;
  /** What a period at a price costs today, with VAT, in Rials. */
  readonly totalOf: (price: Price) => number;
}

const maxFormBytes = 16 * 1024;

const formLimit = bodyLimit({ maxSize: maxFormBytes, onError: (c) => c.text("", 413) });

/** All pages, each at its address. */
export function createSite(site: Site, pages: readonly Page[]): Hono {
  const app = new Hono();
  for (const page of pages) {
    app.get(page.path, (c) => serve(c, page, site, new URLSearchParams()));
    app.post(page.path, formLimit, async (c) =>
      serve(c, page, site, new URLSearchParams(new TextDecoder().decode(await c.req.arrayBuffer()))),
    );
    app.all(page.path, (c) => c.text("", 405, { allow: page.actions ? "GET, HEAD, POST" : "GET, HEAD" }));
  }
  return app;
}

async function serve(c: Context, page: Page, site: Site, form: URLSearchParams): Promise<Response> {
  const { api, auth, cookies } = connect(site, { request: c.req.raw, keyBase: keyBaseOf(form) });
  const visit: Visit = {
    texts: textsOf(c.req.raw.headers),
    look: lookOf(c),
    url: new URL(c.req.url),
    params: c.req.param(),
    me: null,
    isSignedIn: false,
    isOperator: false,
    api,
    auth,
    once: site.randomText(),
    form,
    trouble: null,
    choice: choiceOf(c, site),
    totalOf: site.totalOf,
    publicUrl: site.publicUrl,
  };
  const answer = await answered(c, page, visit);
  for (const cookie of cookies) answer.headers.append("set-cookie", cookie);
  // Else a browser would call its own form's origin `null`, and nobody could tell it from another site's.
  answer.headers.set("referrer-policy", "same-origin");
  answer.headers.append("vary", "cookie, accept-language");
  return answer;
}

/** Of one form, and of one of its buttons. */
function keyBaseOf(form: URLSearchParams): string {
  return [form.get("once"), form.get("do"), form.get("id")].map((part) => part?.slice(0, 64) ?? "").join(".");
}

function lookOf(c: Context): Look {
  const kept = getCookie(c, lookCookie);
  return kept === "light" || kept === "dark" ? kept : "auto";
}

function choiceOf(c: Context, site: Site): string | null {
  const kept = ownAddress(site, getCookie(c, choiceCookie) ?? null, "");
  return kept === "" ? null : kept;
}

async function answered(c: Context, page: Page, stranger: Visit): Promise<Response> {
  let visit = stranger;
  try {
    if (c.req.method === "POST" && isFromElsewhere(c, stranger)) throw elsewhere();
    visit = await knownVisit(c, page, stranger);
    return respond(c, visit, c.req.method === "POST" ? await done(page, visit) : await shown(page, visit));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return refusedPage(c, visit, error.trouble);
  }
}

/** Browsers say where a form stood; whoever does not say it was none of ours. */
function isFromElsewhere(c: Context, { publicUrl }: Visit): boolean {
  return c.req.header("origin") !== new URL(publicUrl).origin;
}

function elsewhere(): Refused {
  return new Refused({ code: "elsewhere", status: 403, field: null, requestId: null });
}

/** With who is signed in: asked first, so that what the page asks next rests on the session that this found. */
async function knownVisit(c: Context, page: Page, visit: Visit): Promise<Visit> {
  const isOpen = page.who === "anyone";
  if (page.who === "operator" && (await isOperators(visit))) return { ...visit, isSignedIn: true, isOperator: true };
  if (isOpen && !hasSession(c)) return visit;
  const answer = await visit.api.account.get();
  if (isOpen && answer.status === 401) return visit;
  if (isOpen && answer.status === 403) return { ...visit, isSignedIn: true };
  return { ...visit, isSignedIn: true, me: accepted(answer, 200).body.data };
}

/** Whether an operator is signed in. */
async function isOperators({ api }: Visit): Promise<boolean> {
  const answer = await api.operator.getCollecting();
  if (answer.status === 403 && answer.body.code === "forbidden") return false;
  accepted(answer, 200);
  return true;
}

function hasSession(c: Context): boolean {
  return Object.keys(getCookie(c)).some((name) => name.endsWith("sarresid.session_token"));
}

async function shown(page: Page, visit: Visit): Promise<Outcome> {
  return page.who === "subscriber" ? page.show(own(visit)) : page.show(admitted(page, visit));
}

async function done(page: Page, visit: Visit): Promise<Outcome> {
  try {
    return await acted(page, visit);
  } catch (error) {
    if (!(error instanceof Refused) || isOfWholePage(error.trouble)) throw error;
    return shownAgain(page, visit, error.trouble);
  }
}

function acted(page: Page, visit: Visit): Promise<Outcome> {
  const name = visit.form.get("do") ?? "";
  if (page.who === "subscriber") return actionOf(page.actions, name)(own(visit));
  return actionOf(page.actions, name)(admitted(page, visit));
}

function actionOf<V>(actions: Readonly<Record<string, (visit: V) => Promise<Outcome>>> | undefined, name: string) {
  const action = actions && Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!action) throw missing();
  return action;
}

/** A subscriber is told what is told of a page that is not there. */
function admitted({ who }: Page, visit: Visit): Visit {
  if (who === "operator" && !visit.isOperator) throw missing();
  return visit;
}

function own(visit: Visit) {
  const { me } = visit;
  if (me === null) throw new Error("A page for subscribers was shown to nobody");
  return { ...visit, me };
}

async function shownAgain(page: Page, visit: Visit, trouble: Trouble): Promise<Outcome> {
  const again = await shown(page, { ...visit, trouble });
  return "title" in again ? { ...again, status: trouble.status, trouble } : again;
}

/** What no form can mend. */
function isOfWholePage({ code }: Trouble): boolean {
  return ["not_signed_in", "forbidden", "not_found"].includes(code);
}

function respond(c: Context, visit: Visit, outcome: Outcome): Response {
  if ("goTo" in outcome) {
    if (outcome.cookie) {
      const { name, value, maxAgeS } = outcome.cookie;
      const secure = visit.publicUrl.startsWith("https://");
      setCookie(c, name, value, { path: "/", httpOnly: true, sameSite: "Lax", secure, maxAge: maxAgeS });
    }
    return c.redirect(outcome.goTo, 303);
  }
  if ("fileName" in outcome) {
    const disposition = `attachment; filename="${outcome.fileName}"`;
    return c.body(outcome.text, 200, { "content-type": outcome.contentType, "content-disposition": disposition });
  }
  return new Response(laidOut(visit, outcome), { status: outcome.status ?? 200, headers: html });
}

const html = { "content-type": "text/html; charset=utf-8" };

function refusedPage(c: Context, visit: Visit, trouble: Trouble): Response {
  const { texts, url } = visit;
  const { notFound, operator, title } = texts.site.trouble;
  if (trouble.code === "not_signed_in") {
    const next = c.req.method === "GET" ? `${url.pathname}${url.search}` : url.pathname;
    return c.redirect(`/sign-in?next=${encodeURIComponent(next)}`, 303);
  }
  if (trouble.code === "second_factor_required") return c.redirect("/operator/second-factor", 303);
  const said =
    trouble.code === "not_found"
      ? notFound
      : trouble.code === "forbidden"
        ? operator
        : { title, text: troubleText(texts, trouble) };
  const way = wayOn(visit, trouble);
  // Nobody but an operator is forbidden a page of subscribers: theirs is around it, with the way out.
  const seen = { ...visit, isOperator: visit.isOperator || trouble.code === "forbidden" };
  return respond(c, seen, {
    ...notice(
      said,
      <a class="button second" href={way.href}>
        {way.name}
      </a>,
    ),
    status: trouble.status,
  });
}

function wayOn({ me, isOperator, texts }: Visit, { code }: Trouble) {
  if (isOperator || code === "forbidden") return { href: "/operator", name: texts.operator.nav.today };
  if (me) return { href: "/account", name: texts.site.payment.back };
  return { href: "/products", name: texts.site.nav.products };
}
