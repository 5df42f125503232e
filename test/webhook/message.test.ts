// What is posted to a partner: signed so that anybody's implementation of Standard Webhooks takes it, and OpenSSL too.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, test, vi } from "vitest";
import { WebhookPayload } from "../../contract/event.ts";
import { event } from "../../server/billing/event.ts";
import { wallMs } from "../../server/billing/clock.ts";
import { newWebhookSecret, webhookMessage } from "../../server/http/webhook-message.ts";
import { chain, type StoredEvent } from "../../server/store/chain.ts";

const sentAt = wallMs(Date.parse("2026-11-22T12:30:00.750Z"));
const customerId = "cus_01kaqzv3m5e0a8r6b1x2n4y7tq";
const hashOf = async (text: string) => createHash("sha256").update(text).digest("hex");
let made = 0;
const aSecret = () => newWebhookSecret((count) => new Uint8Array(count).fill(++made));

async function anEvent(): Promise<StoredEvent> {
  const head = { stream: customerId, seq: 6, hash: "0".repeat(64), epoch: 1 };
  const body = event("customer.created", {
    customerId,
    partnerId: "ptr_00000000000000000000000000",
    userId: "ش",
    externalId: null,
  });
  const nextId = () => "evt_01kaqzv3m5e0a8r6b1x2n4y7tq" as const;
  const [chained] = await chain(hashOf, head, [body], { at: sentAt, actor: "system", nextId });
  if (!chained) throw new Error("one event was chained");
  const { body: _, ...row } = chained;
  return { ...row, position: 42 };
}

/** HMAC-SHA-256 as the command line makes it, in base64. */
function byOpenssl(secret: string, signed: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64").toString("hex");
  const macs = ["dgst", "-sha256", "-mac", "HMAC", "-macopt", `hexkey:${key}`, "-binary"];
  return execFileSync("openssl", macs, { input: signed }).toString("base64");
}

afterEach(() => vi.useRealTimers());

const messageUnder = async (secrets: readonly string[]) =>
  webhookMessage({ event: await anEvent(), previousEventId: null, secrets, sentAt });

describe("a message", () => {
  test("is signed as the package and as openssl sign it", async () => {
    const secret = aSecret();
    const { headers, body } = await messageUnder([secret]);
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    expect(headers["webhook-signature"]).toBe(`v1,${byOpenssl(secret, signed)}`);
    expect(headers["webhook-timestamp"]).toBe(String(Math.floor(sentAt / 1_000)));
    vi.useFakeTimers({ toFake: ["Date"], now: sentAt });
    expect(new Webhook(secret).verify(body, { ...headers })).toEqual(WebhookPayload.parse(JSON.parse(body)));
  });

  test("carries a signature of each secret, the newest first, with which either is content", async () => {
    const secrets = [aSecret(), aSecret()];
    const { headers, body } = await messageUnder(secrets);
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    expect(headers["webhook-signature"]).toBe(secrets.map((each) => `v1,${byOpenssl(each, signed)}`).join(" "));
    vi.useFakeTimers({ toFake: ["Date"], now: sentAt });
    for (const secret of secrets) expect(() => new Webhook(secret).verify(body, { ...headers })).not.toThrow();
    expect(() => new Webhook(aSecret()).verify(body, { ...headers })).toThrow("signature");
  });

  test("is refused by the package when it is five minutes old: a copy of it is of no use later", async () => {
    const secret = aSecret();
    const { headers, body } = await messageUnder([secret]);
    vi.useFakeTimers({ toFake: ["Date"], now: sentAt + 302_000 });
    expect(() => new Webhook(secret).verify(body, { ...headers })).toThrow("too old");
  });

  test("has a body that is the same whenever it is sent, without evidence", async () => {
    const stored = { ...(await anEvent()), evidence: '{"code":100}', evidenceHash: "e".repeat(64) };
    const at = (ms: number) =>
      webhookMessage({ event: stored, previousEventId: null, secrets: [aSecret()], sentAt: wallMs(ms) });
    expect(at(sentAt).body).toBe(at(sentAt + 86_400_000).body);
    expect(at(sentAt).body).not.toContain('"code"');
  });
});
