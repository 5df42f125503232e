import { describe, expect, it } from "vitest";
import { all, maySettle } from "../../server/billing/state.ts";
import { aPayment, aSubmittedPayment, wall } from "../support/billing-builders.ts";

describe("the entities of one kind", () => {
  it("come in the order of their ids, however they were loaded, and without those that are not there", () => {
    expect(all({ b: 2, c: undefined, a: 1 })).toEqual([1, 2]);
  });
});

describe("a closed page may still take money", () => {
  const closed = aSubmittedPayment({ kind: "checkout", status: "closed", toldAt: null });

  it("until the gateway was heard since", () => {
    expect(maySettle(closed)).toBe(true);
    expect(maySettle({ ...closed, toldAt: wall })).toBe(false);
  });

  it("unless the gateway never had it", () => {
    expect(maySettle({ ...closed, authority: null })).toBe(false);
    expect(maySettle(aPayment({ status: "failed" }))).toBe(false);
  });
});
