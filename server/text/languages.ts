// Which language a request wants.
import { parseAccept } from "hono/utils/accept";
import { parse } from "hono/utils/cookie";
import { en } from "./en.ts";
import { fa } from "./fa.ts";
import type { Language, Texts } from "./texts.ts";

/** The texts of a language that was asked for by name. */
export function textsIn(language: Language): Texts {
  return language === "en" ? en : fa;
}

/** The texts of a page for an `Accept-Language`. Example: `en-US,en;q=0.9` is English; none at all is Persian. */
export function textsFor(acceptLanguage: string | null): Texts {
  return textsIn(preferredLanguage(acceptLanguage) ?? "fa");
}

/** Where a browser keeps the language that somebody chose on a page of ours. */
export const languageCookie = "sarresid.language";

/** The texts of a page for a browser: the language that was chosen, else the one it prefers. */
export function textsOf(headers: Headers): Texts {
  const chosen = parse(headers.get("cookie") ?? "", languageCookie)[languageCookie];
  return chosen === "fa" || chosen === "en" ? textsIn(chosen) : textsFor(headers.get("accept-language"));
}

/** The most wanted of our languages; null when none is named. Example: `de,en;q=0.5,fa-IR;q=0.8` is Persian. */
export function preferredLanguage(acceptLanguage: string | null): Language | null {
  for (const { type, q } of parseAccept(acceptLanguage ?? "")) {
    const [primary] = type.toLowerCase().split("-", 1);
    if (q > 0 && (primary === "fa" || primary === "en")) return primary;
  }
  return null;
}
