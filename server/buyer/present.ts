// A buyer's details as their owner sees them.
import type { BuyerDetails } from "../../contract/buyer.ts";
import type { SealedBuyer } from "../store/buyer.ts";

export function presentBuyer({ nationalId, legalId, ...shown }: SealedBuyer): BuyerDetails {
  return { ...shown, identifier: hideMiddle(nationalId ?? legalId ?? "") };
}

/** Example: 0499370899 is shown as 049*****99. */
function hideMiddle(digits: string): string {
  return `${digits.slice(0, 3)}${"*".repeat(Math.max(0, digits.length - 5))}${digits.slice(-2)}`;
}
