// The envelope around every reply of ZarinPal, in all its shapes (wire facts §1): what was answered, refused, or cannot
// be read. Knows nothing of HTTP, of the calls, or of what a code means for a payment.
import * as z from "zod";

/** Integers, or their text as in the official `unVerified` sample (§1). */
export const Code = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d{1,6}$/)
    .transform(Number),
]);

/** Codes by which the gateway asks to be asked later; they are no refusal (§3). */
export const backoffCodes: ReadonlySet<number> = new Set([-12, -38, -52]);

/** A reply's envelope, read. `unreadable` keeps whatever code and message it had, for the evidence. */
export type Reply =
  | { readonly kind: "answer"; readonly code: number | null; readonly message: string | null; readonly data: unknown }
  | { readonly kind: "refusal"; readonly code: number; readonly message: string | null }
  | { readonly kind: "unreadable"; readonly code: number | null; readonly message: string | null };

/**
 * Parses JSON text; undefined when it is none. An integer beyond 2^53 becomes the text of its digits, since a rounded
 * bank reference would be another payment's. Example: `{"ref_id":12345678901234567890}` keeps every digit.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, keepDigits);
  } catch {
    return undefined;
  }
}

/**
 * Reads the envelope of a parsed body. `answer`: a success code and no errors. `refusal`: a code that says no, in any
 * of the shapes of §1. Everything else, a success that also carries errors included, is `unreadable`.
 */
export function readReply(body: unknown): Reply {
  const envelope = Envelope.safeParse(body);
  if (!envelope.success) return { kind: "unreadable", code: null, message: null };
  const { data, errors, message } = envelope.data;
  const coded = Coded.safeParse(data).data;
  const isAnswer = coded !== undefined && successCodes.has(coded.code);
  if (NoErrors.safeParse(errors).success && coded !== undefined) {
    if (isAnswer) return { kind: "answer", ...coded, data };
    return { kind: RefusalCode.safeParse(coded.code).success ? "refusal" : "unreadable", ...coded };
  }
  const refused = Errors.safeParse(errors);
  if (!refused.success) return { kind: "unreadable", code: coded?.code ?? null, message: coded?.message ?? message };
  const refusal = { code: refused.data.code, message: refused.data.message ?? message };
  return { kind: isAnswer ? "unreadable" : "refusal", ...refusal };
}

/** The signature in a parsed body, which its evidence must not hold; null when there is none. */
export function signatureIn(body: unknown): string | null {
  return Signed.safeParse(body).data?.data.signature ?? null;
}

const Signed = z.object({ data: z.object({ signature: z.string() }) });

type Coded = z.infer<typeof Coded>;

const successCodes: ReadonlySet<number> = new Set([100, 101]);

/**
 * Every documented refusal is below zero, but for 429 (§3). Another positive code may be a server's own trouble in a
 * 200, and must not count as a parsed refusal of a debit.
 */
const RefusalCode = Code.refine((code) => code < 0 || code === 429);

const Message = z.string().nullable().catch(null);

const Envelope = z.object({ data: z.unknown().optional(), errors: z.unknown().optional(), message: Message });

const Coded = z.object({ code: Code, message: Message });

const NoErrors = z.union([z.undefined(), z.null(), z.tuple([]), z.strictObject({})]);

const ErrorObject = z.object({ code: RefusalCode, message: Message });

/** `{"authority":["Invalid authority.","-54"]}`: texts per field, the code among them (§1). */
const FieldErrors = z
  .record(z.string(), z.array(z.union([z.string(), z.int()])))
  .transform((fields) => refusalsAmong(Object.values(fields).flat()));

const Errors = z
  .union([ErrorObject.transform((error) => [error]), z.array(ErrorObject), FieldErrors])
  .transform(mostCautious);

function refusalsAmong(entries: readonly (string | number)[]): Coded[] {
  const message = entries.find((entry) => typeof entry === "string" && !Code.safeParse(entry).success);
  return entries.flatMap((entry) => {
    const code = RefusalCode.safeParse(entry);
    return code.success ? [{ code: code.data, message: typeof message === "string" ? message : null }] : [];
  });
}

/** Of several refusals, one that asks to be asked later wins: it may mean that nothing was decided. */
function mostCautious(errors: readonly Coded[], ctx: z.RefinementCtx): Coded {
  const chosen = errors.find(({ code }) => backoffCodes.has(code)) ?? errors[0];
  if (chosen !== undefined) return chosen;
  ctx.addIssue("no refusal code");
  return z.NEVER;
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isRounded = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  return isRounded ? (context?.source ?? String(value)) : value;
}
