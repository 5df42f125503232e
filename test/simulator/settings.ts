// Every behaviour that the public material leaves open, as a setting with one value for each possibility
// (zarinpal.md §13), and the bank's side: merchants, banks, balances.

import * as z from "zod";

const code = z.int().min(-9999).max(-1);
const durationMs = z
  .int()
  .min(0)
  .max(10 * 366 * 86_400_000);
const atMost = (count: number) =>
  [(value: object) => Object.keys(value).length <= count, `at most ${count} entries`] as const;

const bankSchema = z.strictObject({
  name: z.string().max(100),
  slug: z.string().max(100),
  bank_code: z.string().regex(/^[A-Z0-9]{6}$/),
  max_daily_amount: z.int().positive(),
  max_daily_count: z.int().positive().nullable(),
});

const merchantSchema = z.strictObject({
  /** A code such as -11 that answers every call of this merchant, or null. */
  refusedWith: code.nullable().default(null),
  /** The registered domain: another callback_url gets -14. Null registers every domain. */
  callbackHost: z.string().max(253).nullable().default(null),
  /** Without a registered address `reverse` answers -62. */
  serverIpSet: z.boolean().default(true),
  /** Without it every payman call answers -80. */
  payman: z.boolean().default(true),
});

/** Placeholders: the true payman codes are unknown, so nothing may depend on them (§5.8). */
const codesSchema = z.strictObject({
  maxAmount: code,
  dailyCount: code,
  monthlyCount: code,
  bankDailyAmount: code,
  bankDailyCount: code,
  contractExpired: code,
  contractCancelled: code,
  contractRevoked: code,
  unknownSignature: code,
  repeatedCheckout: code,
  contractNotSigned: code,
  agreementVerifiedTwice: code,
  cancelledTwice: code,
});

export const settingsSchema = z.strictObject({
  inquiryOfUntouched: z.enum(["IN_BANK", "FAILED", "-54"]),
  inquiryAfterDecline: z.enum(["FAILED", "IN_BANK"]),
  inquiryAfterCancel: z.enum(["FAILED", "IN_BANK"]),
  checkoutEndsAs: z.enum(["PAID", "VERIFIED"]),
  repeatedCheckout: z.enum(["same", "error", "debits_again"]),
  /** The name of the reference in the answer of a checkout; it has been seen missing (§5.6). */
  checkoutReference: z.enum(["refrence_id", "reference_id", "ref_id", "missing"]),
  errorHttpStatus: z.enum(["documented", "200", "400", "401", "422", "random"]),
  emptyData: z.enum(["[]", "{}", "random"]),
  /** Third parties have seen `errors` as a list as well (§1). */
  errorShape: z.enum(["object", "list"]),
  autoVerify: z.enum(["heeded", "ignored"]),
  /** What happens to a payment that says nothing about auto_verify. */
  panelVerification: z.enum(["manual", "automatic"]),
  verifyWindowMs: durationMs,
  unverifiedMoney: z.enum(["returned", "never_returned"]),
  /** How long an unpaid authority can be paid; null is for ever. */
  authorityLifeMs: durationMs.nullable(),
  minAmountRials: z.int().min(1000),
  /** A stand-in, since the true tariff is not public (§2.8): a share of the amount up to a ceiling, and a fixed part. */
  fee: z.strictObject({
    basisPoints: z.int().min(0).max(10_000),
    ceilingRials: z.int().min(0),
    fixedRials: z.int().min(0).max(1_000_000),
  }),
  feePaidBy: z.enum(["Merchant", "Payer"]),
  /** Whether a payer who refused, cancelled or was declined can still sign or pay on the same page. */
  endedPage: z.enum(["ended", "usable_again"]),
  callback: z.enum(["normal", "duplicate", "missing", "forged_ok", "wrong_case"]),
  callbackQuery: z.enum(["kept", "dropped"]),
  verifyAgreementTwice: z.enum(["same", "error"]),
  cancelTwice: z.enum(["same", "error"]),
  signatureLength: z.union([z.literal(416), z.literal(200)]),
  monthBoundary: z.enum(["gregorian", "jalali"]),
  expireAtZone: z.enum(["tehran", "utc"]),
  /** What an empty account, and the fault "decline", answer. */
  declineCode: code,
  codes: codesSchema,
  sandbox: z.boolean(),
  /** The Bearer token of GraphQL; null takes any. */
  accessToken: z.string().min(1).max(4096).nullable(),
  /** The only terminal GraphQL knows; null knows any. */
  terminalId: z.string().min(1).max(64).nullable(),
  /** That a session is found by its ref_id is likely and unconfirmed (§2.9). */
  sessionSearch: z.enum(["by_reference", "ignores_reference"]),
  /** Only "PENDING" and "COMPLETED" have been seen, in tests of SDKs. */
  refundStatus: z.string().max(40),
  /** Known merchants by id; an empty table knows every well-formed id. */
  merchants: z.record(z.guid(), merchantSchema).refine(...atMost(1000)),
  banks: z.array(bankSchema).max(100),
  /** Rials in the account of a mobile number's owner; a number that is not listed can pay anything. */
  balances: z.record(z.string().regex(/^09[0-9]{9}$/), z.int().min(0)).refine(...atMost(10_000)),
});

/** The schema of POST /control: any part of the settings, and nothing else. */
export const settingsPatchSchema = settingsSchema.extend({ codes: codesSchema.partial() }).partial();

export type Settings = z.infer<typeof settingsSchema>;
export type SettingsPatch = z.input<typeof settingsPatchSchema>;
export type Merchant = z.infer<typeof merchantSchema>;

export function defaultSettings(merchantId?: string): Settings {
  return settingsSchema.parse({
    inquiryOfUntouched: "IN_BANK",
    inquiryAfterDecline: "FAILED",
    inquiryAfterCancel: "FAILED",
    checkoutEndsAs: "PAID",
    repeatedCheckout: "same",
    checkoutReference: "refrence_id",
    errorHttpStatus: "documented",
    emptyData: "[]",
    errorShape: "object",
    autoVerify: "heeded",
    panelVerification: "manual",
    verifyWindowMs: 15 * 60_000,
    unverifiedMoney: "returned",
    authorityLifeMs: null,
    minAmountRials: 1000,
    fee: { basisPoints: 100, ceilingRials: 160_000, fixedRials: 0 },
    feePaidBy: "Merchant",
    endedPage: "ended",
    callback: "normal",
    callbackQuery: "kept",
    verifyAgreementTwice: "same",
    cancelTwice: "same",
    signatureLength: 416,
    monthBoundary: "gregorian",
    expireAtZone: "tehran",
    declineCode: -200,
    codes: {
      maxAmount: -201,
      dailyCount: -202,
      monthlyCount: -203,
      bankDailyAmount: -204,
      bankDailyCount: -205,
      contractExpired: -206,
      contractCancelled: -207,
      contractRevoked: -208,
      unknownSignature: -209,
      repeatedCheckout: -210,
      contractNotSigned: -211,
      agreementVerifiedTwice: -212,
      cancelledTwice: -213,
    },
    sandbox: false,
    accessToken: null,
    terminalId: null,
    sessionSearch: "by_reference",
    refundStatus: "PENDING",
    merchants: merchantId === undefined ? {} : { [merchantId]: {} },
    banks: [
      { name: "بانک سامان", slug: "Saman", bank_code: "SABCIR", max_daily_amount: 100_000_000, max_daily_count: 25 },
      { name: "بانک سینا", slug: "Sina", bank_code: "SINAIR", max_daily_amount: 100_000_000, max_daily_count: null },
    ],
    balances: {},
  });
}

/** Merges a patch into the live settings. Throws a ZodError, and changes nothing, when any part of it is wrong. */
export function configure(settings: Settings, patch: unknown): void {
  const { codes, ...others } = settingsPatchSchema.parse(patch);
  Object.assign(settings, others);
  Object.assign(settings.codes, codes);
}
