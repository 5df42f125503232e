// Credit notes as the contract shows them.
import type { CreditNote as Shown } from "../../contract/credit.ts";
import { instant } from "../billing/clock.ts";
import type { CreditNote } from "../billing/state.ts";

export function presentCreditNote(creditNote: CreditNote): Shown {
  const { customerId: _, issuedAt, ...note } = creditNote;
  return { ...note, issuedAt: instant(issuedAt) };
}
