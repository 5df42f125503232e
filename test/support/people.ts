// A `Deps` for tests about who may call: real D1 and real randomness, a wall clock that stands still until moved, and a
// messenger that keeps what it was given.
import { env } from "cloudflare:workers";
import { CustomerId } from "../../contract/common/id.ts";
import { wallMs, type WallMs } from "../../server/billing/clock.ts";
import type { Config, Deps, LogEntry } from "../../server/deps.ts";
import type { Auth } from "../../server/http/auth/better-auth.ts";
import { createKnownCallers } from "../../server/http/auth/memory.ts";
import type { Message } from "../../server/http/messenger.ts";
import { createPaymentPages } from "../../server/zarinpal/client.ts";
import type { Gateway } from "../../server/zarinpal/gateway.ts";
import { createAuditSigner } from "../../server/store/audit-signer.ts";
import { createSealer } from "../../server/store/sealer.ts";
import { auditSigningKeys, noDocuments, seller } from "./seller.ts";

export interface PeopleDeps extends Deps {
  readonly messages: Message[];
  readonly logged: LogEntry[];
  moveWall(ms: number): void;
}

export function peopleDeps(config: Partial<Config> = {}): PeopleDeps {
  const messages: Message[] = [];
  const logged: LogEntry[] = [];
  const random = (byteCount: number) => crypto.getRandomValues(new Uint8Array(byteCount));
  let wall: WallMs = wallMs(Date.parse("2026-11-22T08:00:00Z"));
  return {
    messages,
    logged,
    moveWall: (ms) => void (wall = wallMs(wall + ms)),
    db: env.DB,
    due: unused("due"),
    deliveries: unused("deliveries"),
    webhooks: unused("webhooks"),
    gateway: unused<Gateway>("gateway"),
    paymentPages: createPaymentPages({ paymentBaseUrl: "https://gateway.test" }),
    sealer: createSealer(`k1:${btoa("0123456789abcdef0123456789abcdef")}`, random),
    documents: noDocuments,
    auditSigner: createAuditSigner(auditSigningKeys),
    knownCallers: createKnownCallers(),
    messenger: { send: async (message) => void messages.push(message) },
    config: {
      environment: "test",
      publicUrl: "http://sarresid.test",
      authSecret: "a secret of at least thirty-two bytes",
      merchantId: "00000000-0000-4000-8000-000000000000",
      allowedOrigins: [],
      refundMethods: ["manual"],
      seller,
      ...config,
    },
    limits: { public: undefined, read: undefined, write: undefined, money: undefined, quota: undefined },
    wall: () => wall,
    random,
    sha256: sha256Hex,
    sleep: async () => undefined,
    log: (entry) => void logged.push(entry),
  };
}

/** Somebody who is signed in. */
export interface Person {
  readonly userId: string;
  readonly customerId: CustomerId;
  readonly email: string;
  /** A bearer token of a session. */
  readonly token: string;
}

const farAway = new Date("2100-01-01");

/** A person with proved address, no password and an open session, made without the slow hash and the messages. */
export async function signedInPerson(
  auth: Auth,
  {
    role = "customer",
    mobile = null,
    factors = 2,
  }: { role?: "customer" | "operator"; mobile?: string | null; factors?: 1 | 2 } = {},
): Promise<Person> {
  const { internalAdapter } = await auth.$context;
  const email = `${crypto.randomUUID()}@example.com`;
  const proved = { emailVerified: true, phoneNumber: mobile, phoneNumberVerified: mobile !== null };
  const user = await internalAdapter.createUser({ email, name: "Sara", role, ...proved }, { method: "admin" });
  const { token } = await internalAdapter.createSession(user.id);
  // Stories go on for years, and what has ended is swept.
  const secondFactorAt = role === "operator" && factors === 2 ? new Date() : null;
  await internalAdapter.updateSession(token, { expiresAt: farAway, secondFactorAt });
  return { userId: user.id, customerId: CustomerId.parse(user["customerId"]), email, token };
}

/** Stands for what these tests must not reach: any use of it throws. Safe as any type, since nothing ever comes out. */
function unused<T extends object>(name: string): T {
  const refuse = (): never => {
    throw new Error(`Nobody here may use ${name}`);
  };
  return new Proxy({}, { get: refuse }) as T;
}

async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
