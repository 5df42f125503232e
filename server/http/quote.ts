// Quotes: what a preview promised, as a token that the client sends along. It names the moment as of which it was priced
// and what was asked, and is signed, so that nobody can choose either. Nothing is stored.
import * as z from "zod";
import { billingMs, minuteMs, wallMs, type BillingMs, type Now } from "../billing/clock.ts";
import { reject, type Rejection } from "../billing/rejection.ts";
import type { Deps } from "../deps.ts";
import { canonicalJson } from "../store/canonical-json.ts";
import { keyedHash } from "./keyed-hash.ts";

/** How long a quote is honoured. */
export const quoteForMs = 10 * minuteMs;

const Token = z.object({ wall: z.int(), billing: z.int() });

/** What was asked: the same wish gives the same text. */
type Wish = readonly unknown[];

/** The token of a wish as it was priced at a moment. */
export async function quoteIdOf(deps: Pick<Deps, "config" | "sha256">, wish: Wish, now: Now): Promise<string> {
  const token = `${now.wall}.${now.billing}`;
  return `${token}.${await signatureOf(deps, wish, token)}`;
}

/** The moment as of which a wish is priced: the quote's, or null, which is now. Rejects `quote_not_valid`. */
export async function quotedMoment(
  deps: Pick<Deps, "config" | "sha256" | "wall">,
  wish: Wish,
  quoteId: string | undefined,
): Promise<{ readonly at: BillingMs | null } | Rejection<"quote_not_valid">> {
  if (quoteId === undefined) return { at: null };
  const [wall, billing, signature] = quoteId.split(".");
  const parsed = Token.safeParse({ wall: Number(wall), billing: Number(billing) });
  const isOurs = parsed.success && signature === (await signatureOf(deps, wish, `${wall}.${billing}`));
  if (!isOurs) return reject("quote_not_valid", "The quote is not of this request.");
  if (deps.wall() - wallMs(parsed.data.wall) > quoteForMs) {
    return reject("quote_not_valid", "The quote is older than ten minutes.");
  }
  return { at: billingMs(parsed.data.billing) };
}

function signatureOf(deps: Pick<Deps, "config" | "sha256">, wish: Wish, token: string): Promise<string> {
  return keyedHash(deps, "quote", `${token} ${canonicalJson(wish)}`);
}
