// Amounts are whole Rials everywhere: on the wire, in events, in tables. No Toman, no fractions, no other currency.
import * as z from "zod";

/** Above any sum this system books, and far below 2^53: a quadrillion Rials. */
export const maxRials = 1_000_000_000_000_000;

/** A whole number of Iranian Rials, zero or more. */
export const Rials = z
  .int()
  .min(0)
  .max(maxRials)
  .brand<"Rials">()
  .meta({ description: "An amount in Iranian Rials (IRR), a whole number.", example: 2_990_000 });

export type Rials = z.infer<typeof Rials>;

/** A whole number of Rials that may be below zero, as in ledger entries. */
export const SignedRials = z
  .int()
  .min(-maxRials)
  .max(maxRials)
  .brand<"SignedRials">()
  .meta({ description: "Iranian Rials (IRR), a whole number; below zero is a credit.", example: -2_990_000 });

export type SignedRials = z.infer<typeof SignedRials>;

export const Currency = z
  .literal("IRR")
  .meta({ description: "ISO 4217 code of the currency: always the Iranian Rial.", example: "IRR" });
