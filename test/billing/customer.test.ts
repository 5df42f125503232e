import { describe, expect, it } from "vitest";
import { decideSignIn, housePartnerId, newCustomer as createdFor } from "../../server/billing/customer.ts";
import { afterEvents, aSlice, newCustomer } from "../support/billing-builders.ts";

describe("a customer", () => {
  it("begins with whatever needs it first, as the house's own: the partner that a migration wrote", () => {
    expect(createdFor(aSlice({ customer: null }).state, newCustomer)).toMatchObject([
      {
        type: "customer.created",
        data: { customerId: newCustomer.id, partnerId: "ptr_00000000000000000000000000", userId: "user-1" },
      },
    ]);
    expect(housePartnerId).toBe("ptr_00000000000000000000000000");
  });

  it("of a partner begins as that partner's, under the partner's own id", () => {
    const partner = { partnerId: "ptr_01kaqzv3m5e0a8r6b1x2n4y7tq", externalId: "rt-7" } as const;
    expect(createdFor(aSlice({ customer: null }).state, { ...newCustomer, userId: null, partner })).toMatchObject([
      { type: "customer.created", data: { ...partner, userId: null } },
    ]);
  });

  it("that a partner's link signs in is told each time, and has that user from then on", () => {
    const by = { userId: "user-2", partnerKeyId: "key_1" } as const;
    expect(decideSignIn(by)).toMatchObject([{ type: "customer.signed_in", data: by }]);
    expect(afterEvents(aSlice(), decideSignIn(by)).state.customer?.userId).toBe("user-2");
  });

  it("begins once", () => {
    expect(createdFor(aSlice().state, newCustomer)).toEqual([]);
  });
});
