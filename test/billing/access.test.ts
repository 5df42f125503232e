import { describe, expect, it } from "vitest";
import { accessOf, bestAccess } from "../../server/billing/access.ts";

describe("what a subscription lets its customer do", () => {
  it.each([
    ["active", "full", "full"],
    ["trialing", "full", "full"],
    ["past_due", "grace", "none"],
    ["incomplete", "none", "none"],
    ["paused", "none", "none"],
    ["canceled", "none", "none"],
    ["incomplete_expired", "none", "none"],
  ] as const)("%s is %s where the price keeps access, and %s where it does not", (status, kept, notKept) => {
    expect(accessOf({ status }, { graceAccess: "keep" })).toBe(kept);
    expect(accessOf({ status }, { graceAccess: "narrow" })).toBe(notKept);
  });

  it("of several is the best, and none of nothing", () => {
    expect(bestAccess(["none", "grace", "full"])).toBe("full");
    expect(bestAccess(["none", "grace"])).toBe("grace");
    expect(bestAccess(["none"])).toBe("none");
    expect(bestAccess([])).toBe("none");
  });
});
