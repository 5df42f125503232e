// Hashes of what a person may be guessed from. There are only 10⁹ mobiles and 10¹⁰ national ids: a plain digest of one is
// as good as the number itself to who reads the table, so ours cannot be computed without the server's secret.
import type { Deps } from "../deps.ts";

/** What a hash is for; hashes of different purposes say nothing about each other. */
export type HashPurpose =
  | "idempotency"
  | "attempt"
  | "trial"
  | "quote"
  | "import"
  | "login_link"
  | "backup_code"
  | "person";

/**
 * Lower-case hex, 64 digits: the same text gives the same hash for as long as the secret stays. After a new secret
 * counts of attempts begin anew, a key whose request is sent again is refused as used for another one, and persons are
 * found by what they name from then on.
 */
export async function keyedHash(
  { config, sha256 }: Pick<Deps, "config" | "sha256">,
  purpose: HashPurpose,
  text: string,
): Promise<string> {
  const key = await sha256(`sarresid ${purpose} ${config.authSecret}`);
  // The construction of HMAC: a text that goes on where another one ends has no hash that follows from the other's.
  return sha256(key + (await sha256(key + text)));
}
