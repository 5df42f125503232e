// What happens to a customer's credit, to the invoices it pays, and to what becomes of their revenue.
import { billingOf } from "../clock.ts";
import { addRials, signedRials } from "../money.ts";
import type { CreditNote, CustomerState } from "../state.ts";
import { held, withCustomer, withInvoice, withNew, type EventAbout, type Occurrence } from "./entities.ts";

type CreditEvent = EventAbout<"credit"> | EventAbout<"credit_note"> | EventAbout<"revenue">;

export function evolveCredit(state: CustomerState, event: CreditEvent, { customerId }: Occurrence): CustomerState {
  switch (event.type) {
    case "credit.granted":
    case "credit.adjusted":
      return withCustomer(state, { creditRials: event.data.balanceRials });
    case "credit.applied": {
      const { invoiceId, amountRials, balanceRials } = event.data;
      const before = held(state.invoices[invoiceId], invoiceId).creditAppliedRials;
      const applied = withInvoice(state, event.data, { creditAppliedRials: signedRials(before + amountRials) });
      return withCustomer(applied, { creditRials: balanceRials });
    }
    case "credit_note.issued": {
      const { creditNoteId: id, invoiceId, reason, netRials, vatRials, totalRials, issuedAt } = event.data;
      const invoice = held(state.invoices[invoiceId], invoiceId);
      const note: CreditNote = {
        id,
        customerId,
        invoiceId,
        reason,
        netRials,
        vatRials,
        totalRials,
        issuedAt: billingOf(issuedAt),
      };
      const noted = withInvoice(withNew(state, "creditNotes", note), event.data, {
        creditNotesRials: addRials(invoice.creditNotesRials, totalRials),
        returnedRials: addRials(invoice.returnedRials, totalRials),
        returnedNetRials: addRials(invoice.returnedNetRials, netRials),
      });
      return withCustomer(noted, { creditRials: event.data.balanceRials });
    }
    case "revenue.recognized":
      return withInvoice(state, event.data, { recognizedAt: billingOf(event.data.recognizedAt) });
    default:
      return event satisfies never;
  }
}
