// The data of each call's reply (wire facts §2, §5) as Zod schemas; `readReply` has read the envelope around it. Field
// names are ZarinPal's. Only what decides is strict: a success is not lost over an odd field that merely informs.
import * as z from "zod";

import { maxRials } from "../../contract/common/money.ts";
import { Code } from "./envelope.ts";

/** An authority of the payment gateway: `A` in production, `S` in the sandbox (§2.1). */
export const Authority = z.string().regex(/^[AS][0-9a-zA-Z]{35}$/);

/** An agreement's token. Its alphabet is undocumented (§5.1); it goes into URLs, so only harmless characters pass. */
export const PaymanAuthority = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

/** §2.1. */
export const PaymentRequestData = z.object({ code: settled(), authority: Authority });

/** §2.4. 101 is the same success, told again. Only the code decides: the rest may be missing or odd. */
export const PaymentVerifyData = z.object({
  code: Code.pipe(z.union([z.literal(100), z.literal(101)])),
  ref_id: reference(),
  card_pan: maskedPan(),
  fee_type: z.string().nullable().catch(null),
  fee: rials().catch(0),
});

/** §2.5. */
export const PaymentInquiryData = z.object({
  code: settled(),
  status: z.enum(["VERIFIED", "PAID", "IN_BANK", "FAILED", "REVERSED"]),
});

/** §2.6. An entry whose authority is not of this API's shape cannot be ours and is left out. */
export const PaymentUnverifiedData = z.object({
  code: settled(),
  authorities: z
    .array(z.object({ authority: z.string(), amount: rials() }))
    .transform((entries) => entries.filter(({ authority }) => Authority.safeParse(authority).success)),
});

/** §2.7, §5.7. */
export const DoneData = z.object({ code: settled() });

/** §5.1. */
export const PaymanRequestData = z.object({ code: settled(), payman_authority: PaymanAuthority });

/** §5.2. `bank_code` becomes part of a URL. */
export const BanksListData = z.object({
  code: settled(),
  banks: z.array(
    z.object({
      name: z.string().min(1).max(200),
      slug: z.string().max(200),
      bank_code: z.string().regex(/^[A-Za-z0-9_-]{1,32}$/),
      max_daily_amount: rials(),
      max_daily_count: rials().nullish(),
    }),
  ),
});

/** §5.5. Opaque: 200, 416 or more visible characters. */
export const PaymanVerifyData = z.object({ code: settled(), signature: z.string().regex(/^[\x21-\x7E]{1,16384}$/) });

/** §5.6. `refrence_id` is the page's own spelling; the two others were seen, and so was none. */
export const PaymanCheckoutData = z.object({
  code: settled(),
  refrence_id: reference(),
  reference_id: reference(),
  ref_id: reference(),
});

/** §2.9. GraphQL's data has no code; the sessions that fit a search. */
export const SessionData = z.object({
  Session: z.array(z.object({ id: graphqlId(), amount: rials(), description: z.string().nullish() })),
});

/** §2.9. Under the alias that the official SDKs use. */
export const AddRefundData = z.object({ resource: z.object({ id: graphqlId() }) });

function settled() {
  return Code.pipe(z.literal(100));
}

/** Whole and not negative; the gateway mixes numbers and their text. */
function rials() {
  const digits = z
    .string()
    .regex(/^\d{1,16}$/)
    .transform(Number);
  return z.union([z.int(), digits]).pipe(z.int().min(0).max(maxRials));
}

/** A bank's reference as text. Zero is no reference: two payments sharing it would look like one settled twice. */
function reference() {
  const token = z.string().regex(/^(?!0+$)[0-9A-Za-z_-]{1,64}$/);
  return z
    .union([z.int().positive().transform(String), token])
    .nullable()
    .catch(null);
}

/** A number or its text, as GraphQL's ids may be; unlike a bank's reference, never missing. */
function graphqlId() {
  return z.union([z.int().positive().transform(String), z.string().regex(/^[0-9A-Za-z_=-]{1,64}$/)]);
}

/** Kept only when really masked: a full card number must not get any further (§10). */
function maskedPan() {
  return z
    .string()
    .regex(/^\d{4,6}[*xX]{4,12}\d{2,4}$/)
    .nullable()
    .catch(null);
}
