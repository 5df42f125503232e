// What a page of ours is: an address, what is shown there, and what its forms do. A page asks our own interface as any
// client of the contract does, and knows nothing else: no table, no rule, no clock.
import type { Child } from "hono/jsx";
import type * as z from "zod";
import type { Account } from "../../../contract/account.ts";
import type { Problem } from "../../../contract/common/problem.ts";
import type { Price } from "../../../contract/product.ts";
import type { Texts } from "../../text/texts.ts";
import type { Api, Auth } from "./api.ts";

/** Light, dark, or as the device has it. */
export type Look = "auto" | "light" | "dark";

/** Where a browser keeps its look. */
export const lookCookie = "sarresid.look";

/** Where a browser keeps what it was about to buy when it went to the bank: an address of ours. */
export const choiceCookie = "sarresid.choice";

/** One request of a browser, as a page sees it. */
export interface Visit {
  readonly texts: Texts;
  readonly look: Look;
  readonly url: URL;
  readonly params: Readonly<Record<string, string>>;
  /** Who is signed in; null on pages for anyone when nobody is. */
  readonly me: Account | null;
  /** Whether it is anybody's: an operator has no account of a subscriber, and none without a second factor sees the console. */
  readonly isSignedIn: boolean;
  /** Whether it is an operator's, on a page for operators. */
  readonly isOperator: boolean;
  /** The contract, asked with this browser's own session. */
  readonly api: Api;
  readonly auth: Auth;
  /** Fresh for each form that is shown: sent back with it, it makes its effect happen once. */
  readonly once: string;
  /** What was sent; empty where a page is only shown. */
  readonly form: URLSearchParams;
  /** Why what was sent was refused. */
  readonly trouble: Trouble | null;
  /** What was about to be bought before the way to the bank: the address of its page; else null. */
  readonly choice: string | null;
  /** What a period at a price costs today, with VAT, in Rials. */
  readonly totalOf: (price: Price) => number;
  readonly publicUrl: string;
}

/** A visit by somebody who is signed in. */
export interface OwnVisit extends Visit {
  readonly me: Account;
}

/** A page as it is shown. */
export interface View {
  readonly title: string;
  readonly content: Child;
  /** Shown anew by itself after so many seconds. */
  readonly refreshS?: number;
  /** A small page with one thing on it. */
  readonly isAlone?: boolean;
  readonly status?: number;
  /** What was refused, where it is of no one field. */
  readonly trouble?: Trouble;
}

/** Leads to another address: of ours, or the gateway's page. */
export interface Onward {
  readonly goTo: string;
  readonly cookie?: { readonly name: string; readonly value: string; readonly maxAgeS: number };
}

/** A file to keep. */
export interface Download {
  readonly fileName: string;
  readonly contentType: string;
  readonly text: string;
}

export type Outcome = View | Onward | Download;

interface Shape<V> {
  readonly path: string;
  readonly show: (visit: V) => Promise<View | Onward>;
  /** What its forms do, by the name of their button. */
  readonly actions?: Readonly<Record<string, (visit: V) => Promise<Outcome>>>;
}

export type OpenPage = Shape<Visit> & { readonly who: "anyone" };
export type OwnPage = Shape<OwnVisit> & { readonly who: "subscriber" };
/** For operators; to everybody else there is no such page. */
export type OperatorPage = Shape<Visit> & { readonly who: "operator" };
export type Page = OpenPage | OwnPage | OperatorPage;

/** What was refused, and at which field of the form; null is the whole of it. */
export interface Trouble {
  readonly code: Problem["code"] | (string & {});
  readonly status: number;
  readonly field: string | null;
  readonly requestId: string | null;
}

/** Ends what a page was doing: our interface has refused something it needs. */
export class Refused extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble) {
    super(trouble.code);
    this.name = "Refused";
    this.trouble = trouble;
  }
}

/** Ends what a page was doing: there is no such thing. */
export function missing(): Refused {
  return new Refused({ code: "not_found", status: 404, field: null, requestId: null });
}

/** An id that an address or a form named; what is none names nothing. */
export function idIn<T>(id: z.ZodType<T>, text: string | null | undefined): T {
  const parsed = id.safeParse(text);
  if (!parsed.success) throw missing();
  return parsed.data;
}

/** What somebody typed, without spaces around it; refused at its field when there is nothing. */
export function typed({ form }: Pick<Visit, "form">, field: string): string {
  const text = form.get(field)?.trim() ?? "";
  if (text === "") throw new Refused({ code: "missing", status: 422, field, requestId: null });
  return text;
}

/** An address of ours that a form or a link named; ours alone. Example: `//evil.example` leads to `otherwise`. */
export function ownAddress({ publicUrl }: Pick<Visit, "publicUrl">, wanted: string | null, otherwise: string): string {
  if (wanted === null || !URL.canParse(wanted, publicUrl)) return otherwise;
  const { origin, pathname, search } = new URL(wanted, publicUrl);
  return origin === new URL(publicUrl).origin && wanted.startsWith("/") ? `${pathname}${search}` : otherwise;
}
