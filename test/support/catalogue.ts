// A catalogue for tests, made by the store itself so that it has its audit trail.
import type { Rials } from "../../contract/common/money.ts";
import type { plainTerms } from "../../contract/product.ts";
import { idsOf } from "../../server/billing/ids.ts";
import { rials } from "../../server/billing/money.ts";
import { createPrice, createProduct } from "../../server/store/catalogue.ts";
import type { World } from "./world.ts";

interface PriceOptions {
  readonly amountRials?: number;
  readonly calendar?: "jalali" | "gregorian";
  readonly unpaidPolicy?: "cancel" | "pause";
  readonly grantOn?: "period_start" | "payment";
  /** Null is a one-time price. */
  readonly interval?: "month" | "year" | null;
  readonly messageQuota?: number;
  readonly addOn?: boolean;
  readonly features?: readonly string[];
  readonly whenUsedUp?: "stop" | "grace";
  readonly taxBehavior?: "exclusive" | "inclusive";
  /** What the price says of trials, retries, grace and cancelling. */
  readonly terms?: Partial<
    Omit<
      typeof plainTerms,
      "cancelCredit" | "graceAccess" | "topUpMessages" | "topUpDays" | "overageRials" | "overageMessages"
    > & {
      topUpMessages: number | null;
      topUpDays: number | null;
      overageRials: Rials | null;
      overageMessages: number | null;
      cancelCredit: "none" | "prorated";
      graceAccess: "keep" | "narrow";
    }
  >;
}

/** A monthly price of a product of its own; Pro's 2,990,000 Rials unless it is said otherwise. */
export async function aPrice(world: World, options: PriceOptions = {}) {
  const { amountRials = 2_990_000, calendar = "jalali", unpaidPolicy = "cancel", grantOn = "period_start" } = options;
  const {
    interval = "month",
    messageQuota = 2_000,
    addOn = false,
    taxBehavior = "exclusive",
    features = [],
    whenUsedUp = "stop",
  } = options;
  const deps = world.invocation();
  const ids = idsOf(0, deps.wall(), deps.random);
  const productId = await createProduct(
    deps,
    {
      id: ids.next("prod"),
      name: crypto.randomUUID(),
      description: "",
      roundtableId: null,
      messageQuota,
      grantOn,
      addOn,
      features: [...features],
      whenUsedUp,
    },
    "system",
  );
  if (productId === null) throw new Error("a random name was taken");
  const terms = {
    ...options.terms,
    interval,
    taxBehavior,
    calendar,
    unpaidPolicy,
    latePaymentPolicy: "credit",
  } as const;
  return createPrice(deps, { id: ids.next("price"), productId, amountRials: rials(amountRials), ...terms }, "system");
}
