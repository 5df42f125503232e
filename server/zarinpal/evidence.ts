// What of the gateway's own words may be kept in the log: short, and free of the secrets and the persons we sent.

const maxMessageLength = 200;
const hidden = "[hidden]";

/**
 * A message fit for evidence: without the given secrets, at most 200 characters. Beyond exact copies it hides what a
 * gateway may have made of them: an echoed mobile in another spelling, an escaped or partial signature, any card number.
 * Example: `scrubbed("mobile +98 912 000 0000 is invalid", ["09120000000"])` is `mobile +98 [hidden] is invalid`.
 */
export function scrubbed(message: string | null, secrets: readonly string[]): string | null {
  if (message === null) return null;
  const given = secrets.filter((secret) => secret !== "");
  const exact = given.reduce((text, secret) => text.replaceAll(secret, hidden), message).replace(digitRun, hidden);
  // Most messages have no ten digits in them, and an expression for each secret costs more than all of the rest.
  const numbers = tenDigits.test(exact) ? given.filter(isNumber) : [];
  const respelt = numbers.reduce((text, secret) => text.replace(spellingsOf(secret), hidden), exact);
  const text = respelt.replace(tokenRun, hidden).replace(/\p{Cc}+/gu, " ");
  // Whole code points only: half a pair is no text, and could not be hashed with its event.
  return Array.from(text.toWellFormed()).slice(0, maxMessageLength).join("");
}

/** Mobiles, national ids and cards have ten digits and more; codes and amounts have fewer, authorities begin with A or S. */
const digitRun = /(?<![A-Za-z\p{Nd}])\p{Nd}{10,}/gu;

/** As many as any spelling of a number of ours has, however they are set apart. */
const tenDigits = /(?:\p{Nd}\P{Nd}*){10}/u;

/** Signatures have 200 characters and more, authorities and merchant ids 36. */
const tokenRun = /[A-Za-z0-9+/=_%.\\-]{40,}/g;

function isNumber(secret: string): boolean {
  return /^[0-9]{10,}$/.test(secret);
}

/** The last ten digits (a mobile without its prefix, a whole national id) in any script, however they are set apart. */
function spellingsOf(digits: string): RegExp {
  const anyScript = Array.from(
    digits.slice(-10),
    (digit) => `[${digit}${"۰۱۲۳۴۵۶۷۸۹"[+digit]}${"٠١٢٣٤٥٦٧٨٩"[+digit]}]`,
  );
  return new RegExp(anyScript.join("[^\\p{L}\\p{Nd}]{0,3}"), "gu");
}
