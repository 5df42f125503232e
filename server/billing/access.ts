// What a subscription lets its customer do: use it, use it while a renewal is unpaid, or not.
import type { Access } from "../../contract/customer.ts";
import type { Price } from "../../contract/product.ts";
import type { Subscription } from "./state.ts";

/** The access that a subscription gives. Example: `past_due` with a price that keeps access is `grace`. */
export function accessOf(
  { status }: Pick<Subscription, "status">,
  { graceAccess }: Pick<Price, "graceAccess">,
): Access {
  switch (status) {
    case "active":
    case "trialing":
      return "full";
    case "past_due":
      return graceAccess === "keep" ? "grace" : "none";
    case "incomplete":
    case "paused":
    case "canceled":
    case "incomplete_expired":
      return "none";
    default:
      return status satisfies never;
  }
}

/** The best of several; `none` of nothing. */
export function bestAccess(each: readonly Access[]): Access {
  return (["full", "grace"] as const).find((access) => each.includes(access)) ?? "none";
}
