// Each way the gateway may behave where its documents leave it open (wire facts §2.4, §5.6, §7, §8), crossed.

export const untouchedAnswers = ["IN_BANK", "FAILED", "-54"] as const;

export interface Variant {
  /** What inquiry says of an authority that nobody touched: always the same, or any of the three, anew each time. */
  readonly untouched: (typeof untouchedAnswers)[number] | "any";
  /** What a debit ends as. */
  readonly debitEndsAs: "PAID" | "VERIFIED";
  /** Whether money that nobody verifies in time goes back to the payer. */
  readonly unverified: "is kept" | "goes back";
  /** Whether `auto_verify: false` of a checkout is heeded; when it is not, a page that is paid is VERIFIED at once. */
  readonly autoVerify: "heeded" | "ignored";
}

/**
 * What a second checkout of one authority would do makes no difference where none is made, and that none is made is a
 * property of every walk: so one walk is that of all three. Nor is what inquiry says of a refused payment a variant:
 * every walk tries each answer, anew each time.
 */
export const repeatedCheckouts = ["same", "error", "debits_again"] as const;

export const variants: readonly Variant[] = untouchedAnswers.flatMap((untouched) =>
  (["PAID", "VERIFIED"] as const).flatMap((debitEndsAs) =>
    (["is kept", "goes back"] as const).flatMap((unverified) =>
      (["heeded", "ignored"] as const).map((autoVerify) => ({ untouched, debitEndsAs, unverified, autoVerify })),
    ),
  ),
);

/** Example: `untouched IN_BANK, debit PAID, unverified is kept, auto_verify heeded`. */
export function nameOf({ untouched, debitEndsAs, unverified, autoVerify }: Variant): string {
  return `untouched ${untouched}, debit ${debitEndsAs}, unverified ${unverified}, auto_verify ${autoVerify}`;
}

/**
 * The variant whose walk is this one's, too. A gateway that may give each of the three answers at any time does, among
 * other things, all that each of the three gateways does that always give the same. Where nobody pays on a page
 * `auto_verify` makes no difference; and what is VERIFIED at once, a debit or, where `auto_verify` is ignored, a page,
 * is never unverified. (Walked apart, each such pair had the same number of states.)
 */
export function walkedAs(variant: Variant, hasPayer: boolean): Variant {
  const autoVerify = hasPayer ? variant.autoVerify : "heeded";
  const isEverUnverified = variant.debitEndsAs === "PAID" || (hasPayer && autoVerify === "heeded");
  return { ...variant, untouched: "any", autoVerify, unverified: isEverUnverified ? variant.unverified : "is kept" };
}
