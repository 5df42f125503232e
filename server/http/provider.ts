// How each provider wants to be asked. Their answers say little: whether the message was taken stands in the status.
import type { Message } from "./messenger.ts";

export interface ProviderSettings {
  /** One endpoint for all channels: `npm start`'s mailbox, or a relay. */
  readonly mailbox: { readonly url: string; readonly token: string };
  /** A mail provider that takes JSON; null sends mails to the mailbox. */
  readonly email: { readonly url: string; readonly token: string; readonly from: string } | null;
  /** Null sends text messages to the mailbox. */
  readonly kavenegar: { readonly url: string; readonly apiKey: string; readonly sender: string } | null;
}

/** Posts the message as it is, as JSON with a bearer token. */
export function mailboxRequest({ url, token }: ProviderSettings["mailbox"], message: Message): Request {
  return jsonRequest(url, token, message, {});
}

/** The form that mail providers share: `from`, `to`, `subject`, `text`; what is sent again has the same `Idempotency-Key`. */
export function emailRequest({ url, token, from }: NonNullable<ProviderSettings["email"]>, message: Message): Request {
  const { id, to, subject, text } = message;
  return jsonRequest(url, token, { from, to: [to], subject, text }, id === undefined ? {} : { "idempotency-key": id });
}

function jsonRequest(url: string, token: string, body: object, more: Readonly<Record<string, string>>): Request {
  return new Request(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}`, ...more },
    body: JSON.stringify(body),
  });
}

/**
 * Kavenegar's `sms/send`: the key stands in the path, the fields in a form. `localid` is a number by which it knows a
 * message that it has sent already, for a day.
 */
export function kavenegarRequest(
  { url, apiKey, sender }: NonNullable<ProviderSettings["kavenegar"]>,
  { id, to, text }: Message,
): Request {
  const fields = { receptor: to, sender, message: text, ...(id !== undefined && { localid: String(numberOf(id)) }) };
  return new Request(`${url}/v1/${encodeURIComponent(apiKey)}/sms/send.json`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(fields).toString(),
  });
}

/** 53 bits that are always the same for a text: two halves of FNV-1a. */
function numberOf(text: string): number {
  let [high, low] = [0x811c9dc5, 0x01000193];
  for (const byte of new TextEncoder().encode(text)) {
    high = Math.imul(high ^ byte, 0x01000193) >>> 0;
    low = Math.imul(low ^ byte ^ (high & 0xff), 0x85ebca6b) >>> 0;
  }
  return (high & 0x1fffff) * 2 ** 32 + low;
}
