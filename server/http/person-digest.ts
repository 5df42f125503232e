// By what operators find a person: keyed digests of a name and a mobile number, made where both are in clear, since both
// are stored sealed. Of equal names and numbers the digests are equal, and they tell nothing else.
import { asciiDigits } from "../../contract/common/person.ts";
import type { Deps } from "../deps.ts";
import type { PersonDigest } from "../store/person-digest.ts";
import { keyedHash } from "./keyed-hash.ts";

type Named = { readonly name: string } | { readonly mobile: string };

/** The digest of a name, or of a number as `Mobile` gives it. */
export async function digestsOf(
  deps: Pick<Deps, "config" | "sha256">,
  person: Named,
): Promise<readonly PersonDigest[]> {
  const [kind, text] =
    "name" in person ? (["name", plainName(person.name)] as const) : (["mobile", person.mobile] as const);
  return [{ kind, digest: await keyedHash(deps, "person", `${kind} ${text}`) }];
}

/**
 * A name as it is looked for: in lower case, with Persian letters for Arabic ones, ASCII digits, and one space for spaces
 * and joiners of any kind. Example: `علي‌رضا  كاظمی` gives `علی رضا کاظمی`.
 */
export function plainName(name: string): string {
  return asciiDigits(name.normalize("NFKC"))
    .toLowerCase()
    .replaceAll(/[يى]/g, "ی")
    .replaceAll("ك", "ک")
    .replaceAll(/[\u064b-\u0652\u0640]/g, "")
    .replaceAll(/[\s\u200b-\u200f\u202a-\u202e\u2066-\u2069]+/g, " ")
    .trim();
}
