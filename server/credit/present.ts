// Credit notes as the contract shows them.
import type { CreditNote as Shown } from "../../contract/credit.ts";
import { instant } from "../billing/clock.ts";
import type { CreditNote } from "../billing/state.ts";

export function presentCreditNote({ customerId: _, issuedAt, ...note }: CreditNote): Shown {
  return { ...note, issuedAt: instant(issuedAt) };
}
