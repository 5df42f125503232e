// What a product is called in a language.
import type { Language } from "../../contract/document.ts";
import type { Product } from "../../contract/product.ts";

/** The product's own name, unless it has one of this language. */
export function nameOf({ name, translations }: Pick<Product, "name" | "translations">, language: Language): string {
  return translations[language]?.name ?? name;
}
