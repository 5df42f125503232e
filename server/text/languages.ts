// Which language a request wants: Persian unless it prefers English.
import { en } from "./en.ts";
import { fa } from "./fa.ts";
import type { Texts } from "./texts.ts";

/** The texts of a language that was asked for by name. */
export function textsIn(language: "fa" | "en"): Texts {
  return language === "en" ? en : fa;
}

/** The texts for an `Accept-Language`. Example: `en-US,en;q=0.9` is English; none at all is Persian. */
export function textsFor(acceptLanguage: string | null): Texts {
  const first = (acceptLanguage ?? "").split(",", 1)[0]?.trim().toLowerCase() ?? "";
  return first.startsWith("en") ? en : fa;
}
