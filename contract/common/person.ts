// What identifies people, companies and bank accounts in Iran: each schema takes it as people write it (Persian or
// Arabic digits, spaces, country prefixes) and gives one form. The examples are made up; their check digits are right.
import * as z from "zod";

/** The most characters read of any of these; the longest real one has 26 and a few spaces. */
const maxLength = 64;

/**
 * The same text with Persian (۰–۹) and Arabic (٠–٩) digits as ASCII digits.
 * Example: `۰۹۱۲٣٤٥۶۷۸۹` gives `09123456789`.
 */
export function asciiDigits(text: string): string {
  return text.replace(/[\u06f0-\u06f9\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) & 0xf));
}

/** ASCII digits, without spaces, hyphens and the invisible marks that come along when Persian text is copied. */
function compact(text: string): string {
  return asciiDigits(text).replace(/[\s\-\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, "");
}

/** A text that is tidied, then checked. A client sends and receives a string; only its form changes. */
function written(
  tidy: (text: string) => string,
  checked: z.ZodType<string, string>,
  description: string,
  example: string,
) {
  return z
    .string()
    .max(maxLength)
    .transform((text) => tidy(compact(text)))
    .pipe(checked)
    .meta({ description, example });
}

/** A mobile number of Iran: `+98…`, `0098…`, `98…`, `9…` or `09…` comes in, `09` and nine digits come out. */
export const Mobile = written(
  (text) => text.replace(/^(?:\+98|0098|98|0)?(9\d{9})$/, "0$1"),
  z.string().regex(/^09\d{9}$/, "Not a mobile number of Iran"),
  "A mobile number of Iran: 09 and nine digits. +98, 0098, 98 and a missing 0 are understood.",
  "09120000000",
);
export type Mobile = z.infer<typeof Mobile>;

/** A person's national id, ten digits with a check digit; one of 8 or 9 digits lost its leading zeros. */
export const NationalId = written(
  (text) => (/^\d{8,9}$/.test(text) ? text.padStart(10, "0") : text),
  z
    .string()
    .regex(/^\d{10}$/, { error: "A national id has ten digits", abort: true })
    .refine(hasNationalIdCheckDigit, "Not a national id: its check digit does not fit"),
  "A national id of Iran (kod-e melli): ten digits, the last of them a check digit.",
  "0499370899",
);
export type NationalId = z.infer<typeof NationalId>;

/** A company's national id (shenase-ye melli), eleven digits with a check digit. */
export const LegalId = written(
  (text) => text,
  z
    .string()
    .regex(/^\d{11}$/, { error: "A legal id has eleven digits", abort: true })
    .refine(hasLegalIdCheckDigit, "Not a legal id: its check digit does not fit"),
  "The national id of a company in Iran: eleven digits, the last of them a check digit.",
  "12345678906",
);
export type LegalId = z.infer<typeof LegalId>;

/** An economic code: 12 digits of old; since 1402 the legal id of a company, or 14 digits of a natural person. */
export const EconomicCode = written(
  (text) => text,
  z.string().regex(/^\d{11}$|^\d{12}$|^\d{14}$/, "An economic code has 11, 12 or 14 digits"),
  "An economic code of the tax office: 11, 12 or 14 digits.",
  "411111111111",
);
export type EconomicCode = z.infer<typeof EconomicCode>;

/** A postal code of Iran: ten digits, the first of them not 0. */
export const PostalCode = written(
  (text) => text,
  z
    .string()
    .regex(/^[1-9]\d{9}$/, { error: "A postal code has ten digits", abort: true })
    .refine((code) => !/^(\d)\1{9}$/.test(code), "Not a postal code: ten equal digits"),
  "A postal code of Iran: ten digits.",
  "1193653471",
);
export type PostalCode = z.infer<typeof PostalCode>;

/** An account number of Iran (sheba): `IR` and 24 digits. */
export const Iban = written(
  (text) => text.toUpperCase(),
  z
    .string()
    .regex(/^IR\d{24}$/, { error: "An account number has IR and 24 digits", abort: true })
    .refine(hasIbanCheckDigits, "Not an account number: its check digits do not fit"),
  "An IBAN of Iran (sheba): IR and 24 digits.",
  "IR820540102680020817909002",
);
export type Iban = z.infer<typeof Iban>;

/** Ten equal digits, and six zeros in the middle, fit the sum and are nobody's. */
function hasNationalIdCheckDigit(id: string): boolean {
  if (/^(\d)\1{9}$/.test(id) || id.slice(3, 9) === "000000") return false;
  const digits = digitsOf(id);
  const rest = weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return digits[9] === (rest < 2 ? rest : 11 - rest);
}

function hasLegalIdCheckDigit(id: string): boolean {
  const digits = digitsOf(id);
  const shift = (digits[9] ?? 0) + 2;
  const shifted = digits.map((digit) => digit + shift);
  const rest = weighted(shifted, [29, 27, 23, 19, 17, 29, 27, 23, 19, 17]) % 11;
  return digits[10] === rest % 10;
}

/** ISO 7064 mod 97-10: country and check digits go to the end, I is 18 and R is 27; the rest must be 1. */
function hasIbanCheckDigits(iban: string): boolean {
  return BigInt(`${iban.slice(4)}1827${iban.slice(2, 4)}`) % 97n === 1n;
}

function digitsOf(text: string): number[] {
  return Array.from(text, Number);
}

function weighted(digits: readonly number[], weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * (digits[index] ?? 0), 0);
}
