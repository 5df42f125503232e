// ZarinPal behind the gateway port: which URL, which fields, which reply. Every request is sent once; what its outcome
// means for a payment is not known here.
import * as z from "zod";

import { readReply, signatureIn } from "./envelope.ts";
import { exchange, type Send } from "./exchange.ts";
import type {
  AgreementRequest,
  Bank,
  DeclineReason,
  Gateway,
  GatewayCallName,
  Outcome,
  PaymentPages,
  PaymentRequest,
  Verification,
} from "./gateway.ts";
import { outcomeOf } from "./read-outcome.ts";
import { RefundAccess, refundOver } from "./refund.ts";
import * as wire from "./wire.ts";

/** Hosts are set per group: the documents name a different one for each (§1, §5.3). */
export type ZarinpalConfig = z.input<typeof ConfigSchema>;

const BaseUrl = z
  .url({ protocol: /^https?$/ })
  .refine((url) => !/[?#@]/.test(url), "no credentials, query or fragment")
  .transform((url) => url.replace(/\/+$/, ""));

const Reason = z.enum(["insufficient_funds", "limit_reached"]) satisfies z.ZodType<DeclineReason>;

/** By code, as text. */
export const DeclineReasons = z.record(z.string().regex(/^-[1-9][0-9]{0,3}$/), Reason);

const ConfigSchema = z.object({
  merchantId: z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i),
  /** `payment/*` and its StartPay page: https://payment.zarinpal.com. */
  paymentBaseUrl: BaseUrl,
  /** `payman/*`: https://api.zarinpal.com. */
  paymanBaseUrl: BaseUrl,
  /** The StartPayman page: https://www.zarinpal.com. */
  signingBaseUrl: BaseUrl,
  /** Null: refunds are off, and `refundPayment` sends nothing. */
  refunds: RefundAccess.nullable().default(null),
  /** What codes of a refused debit mean: no table is public (§5.8), so these are what the gateway's support tells. */
  declineReasons: DeclineReasons.default({}),
  /** For a whole call, bodies included. */
  timeoutMs: z.int().positive().default(30_000),
  maxBodyBytes: z.int().positive().default(65_536),
});

/** The gateway over HTTP. Throws on a configuration that cannot work; the calls themselves never throw. */
export function createZarinpalClient(config: ZarinpalConfig, ports: { readonly fetch: Send }): Gateway {
  const settings = ConfigSchema.parse(config);
  // Taken off its object: workerd refuses a global fetch that is called as a method.
  const { fetch: send } = ports;
  const perform = async <T>(call: Call<T>): Promise<Outcome<T>> => {
    const answer = await exchange(send, (signal) => requestOf(call, settings, signal), settings);
    const secrets = [settings.merchantId, ...(call.secrets ?? []), signatureIn(answer.body) ?? ""];
    return outcomeOf({ call: call.name, answer, reply: readReply(answer.body), value: call.reply, secrets });
  };
  return {
    requestPayment: (input) => perform(paymentRequest(input)),
    verifyPayment: (input) => perform(paymentVerify(input.authority, input.amountRials)),
    inquire: ({ authority }) =>
      perform({
        name: "payment/inquiry",
        body: { authority },
        reply: wire.PaymentInquiryData.transform(({ status }) => ({ status })),
      }),
    listUnverified: () => perform({ name: "payment/unVerified", body: {}, reply: unverified }),
    reversePayment: ({ authority }) => perform({ name: "payment/reverse", body: { authority }, reply: done }),
    refundPayment: refundOver(send, settings.refunds, settings),
    requestAgreement: (input) => perform(paymanRequest(input)),
    listBanks: ({ paymanAuthority }) =>
      perform({
        name: "payman/banksList",
        body: null,
        reply: wire.BanksListData.transform(({ banks }) => ({
          banks: banks.map((bank) => bankOf(bank, settings.signingBaseUrl, paymanAuthority)),
        })),
      }),
    verifyAgreement: ({ paymanAuthority }) =>
      perform({
        name: "payman/verify",
        body: { payman_authority: paymanAuthority },
        reply: wire.PaymanVerifyData.transform(({ signature }) => ({ signature })),
      }),
    debit: ({ authority, signature }) =>
      perform({
        name: "payman/checkout",
        body: { authority, signature },
        secrets: [signature],
        reply: wire.PaymanCheckoutData.transform((data) => ({
          referenceId: data.refrence_id ?? data.reference_id ?? data.ref_id,
        })),
      }).then((outcome) => explained(outcome, settings.declineReasons)),
    cancelAgreement: ({ signature }) =>
      perform({ name: "payman/cancelContract", body: { signature }, secrets: [signature], reply: done }),
  };
}

/** The same outcome, with what a refusal's code means when we were told. */
function explained<T>(outcome: Outcome<T>, reasons: Settings["declineReasons"]): Outcome<T> {
  const reason = outcome.kind === "declined" ? reasons[String(outcome.code)] : undefined;
  return reason === undefined ? outcome : { ...outcome, evidence: { ...outcome.evidence, reason } };
}

/** The gateway's payment pages; throws on an address that is none. */
export function createPaymentPages(config: Pick<ZarinpalConfig, "paymentBaseUrl">): PaymentPages {
  const { origin } = new URL(BaseUrl.parse(config.paymentBaseUrl));
  return { origin, urlOf: (authority) => startPayUrl(config, authority) };
}

/** The page on which a payer pays this authority (§2.2). */
export function startPayUrl(config: Pick<ZarinpalConfig, "paymentBaseUrl">, authority: string): string {
  return `${BaseUrl.parse(config.paymentBaseUrl)}/pg/StartPay/${wire.Authority.parse(authority)}`;
}

interface Call<T> {
  readonly name: GatewayCallName;
  /** The fields beside `merchant_id`; null is a GET without a body. */
  readonly body: Readonly<Record<string, unknown>> | null;
  /** What was sent and must not come back in evidence. */
  readonly secrets?: readonly string[];
  readonly reply: z.ZodType<T>;
}

type Settings = z.output<typeof ConfigSchema>;

const done = wire.DoneData.transform((): Record<never, never> => ({}));

const unverified = wire.PaymentUnverifiedData.transform(({ authorities }) => ({
  payments: authorities.map(({ authority, amount }) => ({ authority, amountRials: amount })),
}));

/** `auto_verify: false`: only our own verify takes the money (§2.4). The payer's mobile is not needed and not sent. */
function paymentRequest(input: PaymentRequest): Call<{ authority: string }> {
  return {
    name: "payment/request",
    body: {
      amount: input.amountRials,
      currency: "IRR",
      description: input.description,
      callback_url: input.callbackUrl,
      metadata: { order_id: input.orderId, auto_verify: false },
    },
    reply: wire.PaymentRequestData.transform(({ authority }) => ({ authority })),
  };
}

function paymentVerify(authority: string, amountRials: number): Call<Verification> {
  return {
    name: "payment/verify",
    body: { amount: amountRials, authority },
    reply: wire.PaymentVerifyData.transform((data) => ({
      refId: data.ref_id,
      repeated: data.code === 101,
      cardPanMasked: data.card_pan,
      merchantFeeRials: data.fee_type === "Merchant" ? data.fee : 0,
    })),
  };
}

/** Counts and ceiling are strings on this one call (§5.1). */
function paymanRequest(input: AgreementRequest): Call<{ paymanAuthority: string }> {
  return {
    name: "payman/request",
    body: {
      mobile: input.mobile,
      ...(input.nationalId === null ? {} : { ssn: input.nationalId }),
      expire_at: tehranTime(input.expiresAtMs),
      max_daily_count: String(input.maxDailyCount),
      max_monthly_count: String(input.maxMonthlyCount),
      max_amount: String(input.maxAmountRials),
      callback_url: input.callbackUrl,
    },
    secrets: [input.mobile, input.nationalId ?? ""],
    reply: wire.PaymanRequestData.transform((data) => ({ paymanAuthority: data.payman_authority })),
  };
}

function bankOf(
  bank: z.output<typeof wire.BanksListData>["banks"][number],
  signingBaseUrl: string,
  paymanAuthority: string,
): Bank {
  return {
    name: bank.name,
    slug: bank.slug,
    bankCode: bank.bank_code,
    maxDailyAmountRials: bank.max_daily_amount,
    maxDailyCount: bank.max_daily_count ?? null,
    signingUrl: `${signingBaseUrl}/pg/StartPayman/${encodeURIComponent(paymanAuthority)}/${bank.bank_code}`,
  };
}

const tehranFormat = new Intl.DateTimeFormat("sv-SE-u-ca-gregory-nu-latn", {
  timeZone: "Asia/Tehran",
  dateStyle: "short",
  timeStyle: "medium",
});

/** `2026-11-22 15:30:00`, Gregorian, in Tehran (§5.1), from milliseconds since 1970. */
function tehranTime(atMs: number): string {
  return tehranFormat.format(atMs);
}

function requestOf(call: Call<unknown>, settings: Settings, signal: AbortSignal): Request {
  const baseUrl = call.name.startsWith("payman/") ? settings.paymanBaseUrl : settings.paymentBaseUrl;
  const url = `${baseUrl}/pg/v4/${call.name}.json`;
  const common = { redirect: "manual", signal } as const;
  if (call.body === null) return new Request(url, { ...common, headers: { accept: "application/json" } });
  return new Request(url, {
    ...common,
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json" },
    body: JSON.stringify({ merchant_id: settings.merchantId, ...call.body }),
  });
}
