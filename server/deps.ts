// Everything the server may reach beyond its own code, made once per isolate from the environment. The only reader of
// env, clocks, randomness, digests and the global fetch: a test or a simulation passes a `Deps` of its own.
import * as z from "zod";
import { EconomicCode, LegalId, PostalCode } from "../contract/common/person.ts";
import { createPaymentPages, createZarinpalClient, DeclineReasons, type ZarinpalConfig } from "./zarinpal/client.ts";
import type { Gateway, PaymentPages } from "./zarinpal/gateway.ts";
import { throughRelay } from "./zarinpal/relay.ts";
import { wallMs, type WallMs } from "./billing/clock.ts";
import { hexOf } from "./billing/hex.ts";
import { createAuditSigner, type AuditSigner } from "./store/audit-signer.ts";
import { boundDatabases, BucketTable } from "./store/bucket-table.ts";
import type { Databases } from "./store/databases.ts";
import { documentBucket, type DocumentBucket } from "./store/documents.ts";
import type { DeliveryMessage, DueMessage, EndpointMessage, MinuteMessage } from "./store/queue-messages.ts";
import { showcaseIn, type Showcase } from "./store/showcase.ts";
import { createSealer, type Sealer } from "./store/sealer.ts";
import { createResolver } from "./http/dns.ts";
import { createKnownCallers, type KnownCallers } from "./http/auth/memory.ts";
import { createMessenger, type Messenger } from "./http/messenger.ts";
import type { Metrics } from "./http/observe.ts";
import type { ProviderSettings } from "./http/provider.ts";
import { createWebhookSender, type WebhookSender } from "./http/webhook-sender.ts";

/** What wrangler binds. */
export interface Env {
  readonly DB: D1Database;
  readonly DUE: Queue<DueMessage>;
  readonly DELIVERIES: Queue<DeliveryMessage>;
  readonly DOCUMENTS: R2Bucket;
  readonly SHOWCASE?: KVNamespace;
  readonly METRICS?: AnalyticsEngineDataset;
  readonly PUBLIC_LIMIT?: RateLimit;
  readonly READ_LIMIT?: RateLimit;
  readonly WRITE_LIMIT?: RateLimit;
  readonly MONEY_LIMIT?: RateLimit;
  readonly QUOTA_LIMIT?: RateLimit;
  readonly [name: string]: unknown;
}

export type { DeliveryMessage, DueMessage, EndpointMessage, MinuteMessage };

export interface Config {
  readonly environment: "development" | "test" | "production";
  /** Where the public reaches us, without a slash at the end. */
  readonly publicUrl: string;
  readonly authSecret: string;
  readonly merchantId: string;
  /** Other sites whose pages may read our answers, with a token of their own. */
  readonly allowedOrigins: readonly string[];
  /** How money may be given back: by an operator's own transfer, or over the gateway. */
  readonly refundMethods: readonly ("manual" | "reverse" | "refund")[];
  readonly seller: Seller;
}

/** Who sells, as it stands on invoices and receipts. */
export interface Seller {
  readonly name: string;
  readonly nameEn: string;
  readonly legalId: string;
  readonly economicCode: string;
  readonly postalCode: string;
  readonly address: string;
  readonly addressEn: string;
  readonly phone: string;
}

/** How passwords are kept. */
export interface Passwords {
  readonly hash: (password: string) => Promise<string>;
  readonly verify: (kept: { readonly hash: string; readonly password: string }) => Promise<boolean>;
}

export interface Deps {
  /** The database in hand: where there are several, home's until it is known whose customer it is about. */
  readonly db: D1Database;
  /** Where there are several. */
  readonly databases?: Databases;
  readonly due: Pick<Queue<DueMessage>, "send" | "sendBatch">;
  readonly deliveries: Pick<Queue<DeliveryMessage>, "send" | "sendBatch">;
  readonly webhooks: WebhookSender;
  readonly gateway: Gateway;
  readonly paymentPages: PaymentPages;
  readonly sealer: Sealer;
  readonly documents: DocumentBucket;
  /** Without one, which a served system always has, no file of the audit trail is made. */
  readonly auditSigner?: AuditSigner;
  /** What is for sale, to be shown and never to be bought by; without one it is shown from the database. */
  readonly showcase?: Showcase;
  readonly messenger: Messenger;
  /** Whom this isolate has proved lately. */
  readonly knownCallers: KnownCallers;
  readonly config: Config;
  readonly limits: Record<"public" | "read" | "write" | "money" | "quota", RateLimit | undefined>;
  readonly wall: () => WallMs;
  readonly random: (byteCount: number) => Uint8Array;
  /** Lower-case hex SHA-256 of UTF-8 text. */
  readonly sha256: (text: string) => Promise<string>;
  /** Without it Better Auth's own: scrypt, which computes long and in a thread of its own. */
  readonly passwords?: Passwords;
  readonly sleep: (ms: number) => Promise<void>;
  readonly log: (entry: LogEntry) => void;
  /** Without them nothing is counted. */
  readonly metrics?: Metrics;
}

/** One structured log line. Never holds a person, a secret, SQL or parameters. */
export interface LogEntry {
  readonly level: "info" | "error";
  readonly event: string;
  readonly [field: string]: string | number | boolean | null | undefined;
}

/** Example: `-200:insufficient_funds` → that code with that word; an empty text is none. */
function codeAndReason(text: string): readonly (readonly [string, string])[] {
  const [code = "", reason = ""] = text.split(":").map((part) => part.trim());
  return text.trim() === "" ? [] : [[code, reason]];
}

const url = z.url().transform((text) => text.replace(/\/$/, ""));

const line = z.string().trim().min(1).max(300);

const SettingsFields = z.object({
  ENVIRONMENT: z.enum(["development", "test", "production"]),
  PUBLIC_URL: url,
  /** `https://app.example,…`: sites whose pages may read our answers. */
  ALLOWED_ORIGINS: z
    .string()
    .default("")
    .transform((list) => list.split(",").flatMap((origin) => (origin.trim() === "" ? [] : [origin.trim()])))
    .pipe(z.array(z.url().refine((text) => new URL(text).origin === text, "Must be an origin: no path, no slash."))),
  /** `DB:0-63,DB_2:64-127+`: the databases of buckets; those with a plus take new customers. One is all without it. */
  DATABASES: BucketTable.optional(),
  BETTER_AUTH_SECRET: z.string().min(32),
  /** `keyId:base64,…`; the first key seals, all open. */
  SEALING_KEYS: z.string().min(1),
  /** `keyId:base64,…` of 32 random bytes each; the first signs the audit trail, the others have signed it before. */
  AUDIT_SIGNING_KEYS: z.string().min(1),
  ZARINPAL_MERCHANT_ID: z.uuid(),
  ZARINPAL_PAYMENT_URL: url,
  ZARINPAL_PAYMAN_URL: url,
  ZARINPAL_SIGNING_URL: url,
  ZARINPAL_TIMEOUT_MS: z.coerce.number().int().min(1_000).max(30_000).default(30_000),
  /** Where a relay stands between us and the gateway: by what it knows us. */
  ZARINPAL_RELAY_KEY: z.string().min(20).optional(),
  /** What the gateway's support has told about the codes of refused debits: `-200:insufficient_funds,…`. */
  ZARINPAL_DECLINE_REASONS: z
    .string()
    .default("")
    .transform((list) => Object.fromEntries(list.split(",").flatMap(codeAndReason)))
    .pipe(DeclineReasons),
  /** A resolver that answers over HTTPS in JSON: where partners' names lead. */
  DNS_URL: z.url().default("https://cloudflare-dns.com/dns-query"),
  /** Takes every message that has no provider of its own. */
  MESSENGER_URL: url,
  MESSENGER_TOKEN: z.string().min(1),
  /** A mail provider's address for sending, its token, and the sender; all three or none. */
  EMAIL_URL: z.url().optional(),
  EMAIL_TOKEN: z.string().min(1).optional(),
  EMAIL_FROM: z.string().min(3).optional(),
  KAVENEGAR_URL: url.default("https://api.kavenegar.com"),
  KAVENEGAR_API_KEY: z.string().min(1).optional(),
  KAVENEGAR_SENDER: z.string().regex(/^\d+$/).optional(),
  /** `manual`, `reverse`, `refund`, with commas. The gateway's two want a fixed address and access of their own. */
  REFUND_METHODS: z
    .string()
    .default("manual")
    .transform((list) => list.split(",").map((name) => name.trim()))
    .pipe(z.array(z.enum(["manual", "reverse", "refund"]))),
  SELLER_NAME: line,
  SELLER_NAME_EN: line,
  SELLER_LEGAL_ID: LegalId,
  SELLER_ECONOMIC_CODE: EconomicCode,
  SELLER_POSTAL_CODE: PostalCode,
  SELLER_ADDRESS: line,
  SELLER_ADDRESS_EN: line,
  SELLER_PHONE: line,
  ZARINPAL_GRAPHQL_URL: z.url().optional(),
  ZARINPAL_ACCESS_TOKEN: z.string().min(1).optional(),
  ZARINPAL_TERMINAL_ID: z.string().min(1).optional(),
});

/** The settings without which the server does not start. */
export const requiredSettings: readonly string[] = Object.entries(SettingsFields.shape)
  .filter(([, field]) => !field.safeParse(undefined).success)
  .map(([name]) => name);

const refundSettings = ["ZARINPAL_GRAPHQL_URL", "ZARINPAL_ACCESS_TOKEN", "ZARINPAL_TERMINAL_ID"] as const;

const Settings = SettingsFields.check(({ value, issues }) => {
  if (!value.REFUND_METHODS.includes("refund")) return;
  for (const name of refundSettings) {
    const message = `${name} must be set, since REFUND_METHODS has refund`;
    if (value[name] === undefined) issues.push({ code: "custom", input: value[name], path: [name], message });
  }
});

/** Reads the environment; throws at the first request when a setting is missing or wrong. */
export function depsOf(env: Env): Deps {
  const settings = Settings.parse(env);
  const outbound = (request: Request) => fetch(request);
  const documents = documentBucket(env.DOCUMENTS);
  return {
    db: env.DB,
    ...(settings.DATABASES && { databases: boundDatabases(settings.DATABASES, env, documents) }),
    due: env.DUE,
    deliveries: env.DELIVERIES,
    webhooks: createWebhookSender({
      fetch: outbound,
      resolve: createResolver(settings.DNS_URL, outbound),
      timeoutMs: 10_000,
      allowsLoopback: settings.ENVIRONMENT === "development",
    }),
    gateway: createZarinpalClient(
      {
        merchantId: settings.ZARINPAL_MERCHANT_ID,
        paymentBaseUrl: settings.ZARINPAL_PAYMENT_URL,
        paymanBaseUrl: settings.ZARINPAL_PAYMAN_URL,
        signingBaseUrl: settings.ZARINPAL_SIGNING_URL,
        timeoutMs: settings.ZARINPAL_TIMEOUT_MS,
        declineReasons: settings.ZARINPAL_DECLINE_REASONS,
        refunds: refundAccess(settings),
      },
      { fetch: throughRelay(outbound, settings.ZARINPAL_RELAY_KEY) },
    ),
    paymentPages: createPaymentPages({ paymentBaseUrl: settings.ZARINPAL_PAYMENT_URL }),
    sealer: createSealer(settings.SEALING_KEYS, randomBytes),
    documents,
    auditSigner: createAuditSigner(settings.AUDIT_SIGNING_KEYS),
    ...(env.SHOWCASE && { showcase: showcaseIn(env.SHOWCASE) }),
    messenger: createMessenger(providersIn(settings), outbound),
    knownCallers: createKnownCallers(),
    config: {
      environment: settings.ENVIRONMENT,
      publicUrl: settings.PUBLIC_URL,
      authSecret: settings.BETTER_AUTH_SECRET,
      merchantId: settings.ZARINPAL_MERCHANT_ID,
      allowedOrigins: settings.ALLOWED_ORIGINS,
      refundMethods: settings.REFUND_METHODS,
      seller: sellerIn(settings),
    },
    limits: {
      public: env.PUBLIC_LIMIT,
      read: env.READ_LIMIT,
      write: env.WRITE_LIMIT,
      money: env.MONEY_LIMIT,
      quota: env.QUOTA_LIMIT,
    },
    wall: () => wallMs(Date.now()),
    random: randomBytes,
    sha256: sha256Hex,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    log: (entry) => console.log(JSON.stringify(entry)),
    ...(env.METRICS && { metrics: env.METRICS }),
  };
}

/** A provider that is set in part is none: its messages go to the one endpoint. */
function providersIn(settings: z.infer<typeof SettingsFields>): ProviderSettings {
  const { EMAIL_URL: url, EMAIL_TOKEN: token, EMAIL_FROM: from } = settings;
  const { KAVENEGAR_URL: smsUrl, KAVENEGAR_API_KEY: apiKey, KAVENEGAR_SENDER: sender } = settings;
  return {
    mailbox: { url: settings.MESSENGER_URL, token: settings.MESSENGER_TOKEN },
    email: url && token && from ? { url, token, from } : null,
    kavenegar: apiKey && sender ? { url: smsUrl, apiKey, sender } : null,
  };
}

function sellerIn(settings: z.infer<typeof SettingsFields>): Seller {
  return {
    name: settings.SELLER_NAME,
    nameEn: settings.SELLER_NAME_EN,
    legalId: settings.SELLER_LEGAL_ID,
    economicCode: settings.SELLER_ECONOMIC_CODE,
    postalCode: settings.SELLER_POSTAL_CODE,
    address: settings.SELLER_ADDRESS,
    addressEn: settings.SELLER_ADDRESS_EN,
    phone: settings.SELLER_PHONE,
  };
}

/** Null unless refunds are on: then nothing can be sent, whatever else is set. */
function refundAccess(settings: z.infer<typeof SettingsFields>): ZarinpalConfig["refunds"] {
  const { ZARINPAL_GRAPHQL_URL: graphqlUrl, ZARINPAL_ACCESS_TOKEN: accessToken } = settings;
  const { REFUND_METHODS: methods, ZARINPAL_TERMINAL_ID: terminalId } = settings;
  const isOff = !methods.includes("refund") || !graphqlUrl || !accessToken || !terminalId;
  return isOff ? null : { graphqlUrl, accessToken, terminalId };
}

function randomBytes(byteCount: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(byteCount));
}

async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return hexOf(new Uint8Array(digest));
}
