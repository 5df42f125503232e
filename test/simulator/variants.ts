// The ways ZarinPal may behave where nobody outside knows, crossed: what the server's tests must pass under, all of it.

import type { Settings } from "./settings.ts";

type Axes = Pick<Settings, "inquiryOfUntouched" | "checkoutEndsAs" | "repeatedCheckout">;

/** One combination; `name` reads like `untouched IN_BANK, checkout PAID, repeat same`. */
export type Variant = { name: string; settings: Axes };

const untouched = ["IN_BANK", "FAILED", "-54"] as const satisfies readonly Axes["inquiryOfUntouched"][];
const endings = ["PAID", "VERIFIED"] as const satisfies readonly Axes["checkoutEndsAs"][];
const repeats = ["same", "error", "debits_again"] as const satisfies readonly Axes["repeatedCheckout"][];

/** All 18 combinations of the three behaviours on which taking money exactly once depends. */
export const variants: readonly Variant[] = untouched.flatMap((inquiryOfUntouched) =>
  endings.flatMap((checkoutEndsAs) =>
    repeats.map((repeatedCheckout) => ({
      name: `untouched ${inquiryOfUntouched}, checkout ${checkoutEndsAs}, repeat ${repeatedCheckout}`,
      settings: { inquiryOfUntouched, checkoutEndsAs, repeatedCheckout },
    })),
  ),
);
