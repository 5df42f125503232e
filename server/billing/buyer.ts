// Whom invoices are made out to. A buyer's details are a record that never changes: new details are another record, so
// that naming one freezes it, and the log holds nothing of the person.
import type { BuyerKind } from "../../contract/buyer.ts";
import type { PersonId } from "../../contract/common/id.ts";
import { plainTaxReport, type TaxReport } from "../../contract/invoice.ts";
import { newCustomer, type NewCustomer } from "./customer.ts";
import { event, type NewEvent } from "./event.ts";
import type { CustomerState, Slice } from "./state.ts";

export interface Buyer {
  readonly id: PersonId;
  readonly kind: BuyerKind;
}

/** Whom the customer's invoices are made out to now; null when no details were given. */
export function buyerOf({ customer }: Pick<CustomerState, "customer">): Buyer | null {
  if (!customer || customer.buyerId === null || customer.buyerKind === null) return null;
  return { id: customer.buyerId, kind: customer.buyerKind };
}

/** What the tax office is told of an invoice. Example: of a company's it is type 1, buyer type 2. */
export function taxReportOf(buyer: Buyer | null): TaxReport {
  if (!buyer) return plainTaxReport;
  return { ...plainTaxReport, type: 1, buyerType: buyer.kind === "natural" ? 1 : 2 };
}

/** Invoices from now on are made out to this buyer; nothing when they are already. */
export function decideSetBuyer(slice: Slice, customer: NewCustomer, buyer: Buyer): readonly NewEvent[] {
  if (slice.state.customer?.buyerId === buyer.id) return [];
  const changed = event("customer.buyer_changed", { buyerId: buyer.id, kind: buyer.kind });
  return [...newCustomer(slice.state, customer), changed];
}
