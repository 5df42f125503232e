// Which language a request wants.
import { parseAccept } from "hono/utils/accept";
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

/** The most wanted of our languages; null when none is named. Example: `de,en;q=0.5,fa-IR;q=0.8` is Persian. */
export function preferredLanguage(acceptLanguage: string | null): Language | null {
  for (const { type, q } of parseAccept(acceptLanguage ?? "")) {
    const [primary] = type.toLowerCase().split("-", 1);
    if (q > 0 && (primary === "fa" || primary === "en")) return primary;
  }
  return null;
}
