// Keeping a hint and acting on it: the raw event, the customer due now, and a message so that now means now. A subject
// that is not ours is kept as well and changes nothing.
import { bucketOf, idsOf, newUuid, idFromSeed } from "../billing/ids.ts";
import type { WallMs } from "../billing/clock.ts";
import type { Deps } from "../deps.ts";
import { canonicalJson } from "../store/canonical-json.ts";
import { storeWebhookEvent, type NewWebhookEvent } from "../store/webhook-event.ts";

interface Hint {
  readonly source: "return" | "notice";
  readonly subject: NewWebhookEvent["subject"];
  /** What came, as it came; at most 16 KB are kept. */
  readonly raw: Readonly<Record<string, unknown>>;
}

const maxBody = 16_000;

/**
 * Stores a hint and asks for its customer to be looked at. Equal hints within a minute are one; of those about nothing
 * of ours only one a minute is kept at all, so that nobody can fill the database. Answers when it was received.
 */
export async function keepHint(deps: Deps, { source, subject, raw }: Hint): Promise<WallMs> {
  const receivedAt = deps.wall();
  const body = canonicalJson(await withoutSecrets(deps, raw)).slice(0, maxBody);
  const id = subject
    ? idsOf(bucketOf(subject.customerId), receivedAt, deps.random).next("whe")
    : idFromSeed("whe", newUuid(receivedAt, deps.random), 0);
  await storeWebhookEvent(deps.db, {
    id,
    source,
    subject,
    nok: saysNok(raw),
    body,
    bodyHash: await deps.sha256(subject ? `${source}\n${subject.id}\n${body}` : source),
    receivedAt,
  });
  if (subject) await deps.due.send({ customerId: subject.customerId });
  return receivedAt;
}

/** Whoever has a payman authority and our merchant id can get its signature: wherever one may stand, its hash is kept. */
async function withoutSecrets(deps: Deps, value: unknown, key = ""): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((item) => withoutSecrets(deps, item, key)));
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(async ([name, item]) => [name, await withoutSecrets(deps, item, name)]);
    return Object.fromEntries(await Promise.all(entries));
  }
  const text = String(value);
  const isSecret = /payman|signature/i.test(`${key} ${text}`) || text.startsWith("eyJ");
  return isSecret ? `sha256:${await deps.sha256(text)}` : value;
}

/** `Status` comes in either case (wire facts §2.3, §5.4); only NOK is told apart, and neither is believed. */
export function saysNok(raw: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(raw).some(
    ([key, value]) => key.toLowerCase() === "status" && String(value).toUpperCase() === "NOK",
  );
}
