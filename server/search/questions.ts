// What somebody may have meant by what they typed: a text is often several things at once, and each of them is looked for.
import { idPrefixes, type IdPrefix } from "../../contract/common/id.ts";
import { asciiDigits, Mobile } from "../../contract/common/person.ts";
import { ExternalId } from "../../contract/customer.ts";
import type { Deps } from "../deps.ts";
import { digestsOf } from "../http/person-digest.ts";
import type { Question } from "../store/search.ts";

const prefixes: ReadonlySet<string> = new Set(Object.values(idPrefixes));

/** Every reading of a text. Example: `40123456` may be a reference, an authority, a partner's id, and somebody's name. */
export async function questionsOf(deps: Pick<Deps, "config" | "sha256">, query: string): Promise<readonly Question[]> {
  const text = asciiDigits(query.replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "").trim());
  const mobile = Mobile.safeParse(text).data;
  const names = await digestsOf(deps, { name: text });
  const numbers = mobile === undefined ? [] : await digestsOf(deps, { mobile });
  return [
    ...idIn(text),
    ...(ExternalId.safeParse(text).success ? [{ by: "external_id", text } as const] : []),
    ...(mobile === undefined ? [] : [{ by: "mobile", text: mobile } as const]),
    ...numbers.map((digest) => ({ by: "mobile", digest }) as const),
    ...(text.includes("@") ? [{ by: "email", text: text.toLowerCase() } as const] : []),
    ...names.map((digest) => ({ by: "name", digest }) as const),
    ...invoiceNumberIn(text),
    { by: "authority", text },
    { by: "reference", text },
  ];
}

/** A difference to the gateway's books is named after its payment. */
function idIn(text: string): readonly Question[] {
  const [, named = "", suffix = ""] = /^([a-z]+)_([0-7][0-9a-hjkmnp-tv-z]{25})$/.exec(text) ?? [];
  const prefix = named === "rdf" ? "pay" : named;
  return isPrefix(prefix) ? [{ by: "id", prefix, id: `${prefix}_${suffix}` }] : [];
}

function isPrefix(text: string): text is IdPrefix {
  return prefixes.has(text);
}

/** As it stands on documents. Example: `S-1405-000042` is number 42 of the series `S-1405`. */
function invoiceNumberIn(text: string): readonly Question[] {
  const [, series, number] = /^([A-Z]+\d{0,4}-\d{4})-(\d{1,9})$/i.exec(text) ?? [];
  return series === undefined ? [] : [{ by: "invoice_number", series: series.toUpperCase(), number: Number(number) }];
}
