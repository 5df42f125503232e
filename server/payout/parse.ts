// Reads a payout file, strictly: its form is ours and has no quotes, so anything unexpected is a mistake worth hearing of.
import * as z from "zod";
import { maxRials } from "../../contract/common/money.ts";
import type { FieldError } from "../../contract/common/problem.ts";
import { InstantInput } from "../../contract/common/time.ts";
import { payoutHeader, PayoutLineType } from "../../contract/payout.ts";
import { wallOf } from "../billing/clock.ts";
import { rials } from "../billing/money.ts";
import type { PayoutLine } from "../billing/payout.ts";

const Amount = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number)
  .pipe(z.int().max(maxRials))
  .transform(rials);

const Fields = z.tuple([
  z.string().regex(/^[\w-]{1,64}$/),
  z.string().regex(/^\w{1,64}$/),
  Amount.refine((amount) => amount > 0),
  Amount,
  PayoutLineType,
  InstantInput,
]);

const names = payoutHeader.split(",");
const maxErrors = 20;

/** The lines of a file, or what is wrong with it: one error for each bad line, at most 20, pointing to `/body/csv/17`. */
export function parsePayout(csv: string): readonly PayoutLine[] | { readonly errors: readonly FieldError[] } {
  const [header, ...rows] = csv
    .replace(/^\uFEFF/, "")
    .replace(/\r?\n$/, "")
    .split(/\r?\n/);
  if (header !== payoutHeader) return { errors: [errorAt(1, `The header must be ${payoutHeader}.`)] };
  if (rows.length === 0) return { errors: [errorAt(2, "There is no line below the header.")] };
  const parsed = rows.map((row, index) => parseLine(row, index + 2));
  const errors = parsed.flatMap((line) => ("code" in line ? [line] : []));
  if (errors.length > 0) return { errors: errors.slice(0, maxErrors) };
  return parsed.flatMap((line) => ("code" in line ? [] : [line]));
}

function parseLine(row: string, line: number): PayoutLine | FieldError {
  const fields = Fields.safeParse(row.split(","));
  if (!fields.success) {
    const column = names[Number(fields.error.issues[0]?.path[0])];
    return errorAt(line, column === undefined ? "A line has six fields." : `This is no ${column}.`);
  }
  const [refId, authority, amountRials, feeRials, type, settledAt] = fields.data;
  return { line, refId, authority, amountRials, feeRials, type, settledAt: wallOf(settledAt) };
}

function errorAt(line: number, detail: string): FieldError {
  return { pointer: `/body/csv/${line}`, code: "invalid_format", detail: `Line ${line}: ${detail}` };
}
