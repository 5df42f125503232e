// A customer begins with whatever needs it first; its id was minted with its user.
import type { PartnerId, PartnerKeyId } from "../../contract/common/id.ts";
import { event, type NewEvent } from "./event.ts";
import type { CustomerState } from "./state.ts";

/** The partner of customers that came to us by themselves; migration 0002 writes its row. */
export const housePartnerId: PartnerId = "ptr_00000000000000000000000000";

export interface NewCustomer {
  readonly id: `cus_${string}`;
  readonly userId: string | null;
  /** Who made it and knows it by an id of its own; without one it is the house's. */
  readonly partner?: { readonly partnerId: PartnerId; readonly externalId: string };
}

/** `customer.created` when the customer has no events yet; else nothing. */
export function newCustomer(state: CustomerState, customer: NewCustomer): readonly NewEvent[] {
  if (state.customer) return [];
  const { id: customerId, userId, partner } = customer;
  const { partnerId, externalId } = partner ?? { partnerId: housePartnerId, externalId: null };
  return [event("customer.created", { customerId, partnerId, userId, externalId })];
}

/** `customer.signed_in` by a partner's link: each time, since who came in is what an audit asks. */
export function decideSignIn(by: {
  readonly userId: string;
  readonly partnerKeyId: PartnerKeyId;
}): readonly NewEvent[] {
  return [event("customer.signed_in", by)];
}
