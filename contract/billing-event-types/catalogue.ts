// Events of the catalogue and of the system: their streams have no customer.
import * as z from "zod";
import { PriceId, ProductId } from "../common/id.ts";
import { Rials } from "../common/money.ts";
import { Calendar, Interval } from "../common/time.ts";
import { GrantOn, LatePaymentPolicy, TaxBehavior, UnpaidPolicy } from "../product.ts";
import { count, flag, word, type EventTypes } from "./fields.ts";

export const catalogueEvents = {
  "product.created": [
    "A product was added to the catalogue.",
    {
      productId: ProductId,
      name: word("Its name.", "Pro"),
      description: z.string().max(500).meta({ description: "What it gives.", example: "For daily writers" }),
      roundtableId: z.string().max(80).nullable().meta({ description: "Roundtable's id of it.", example: "plan_pro" }),
      messageQuota: count("Messages granted for each period.", 2_000),
      grantOn: GrantOn,
    },
  ],
  "price.created": [
    "A price was added to a product.",
    {
      priceId: PriceId,
      productId: ProductId,
      amountRials: Rials,
      interval: Interval.nullable(),
      calendar: Calendar,
      taxBehavior: TaxBehavior,
      unpaidPolicy: UnpaidPolicy,
      latePaymentPolicy: LatePaymentPolicy,
    },
  ],
  "collecting.changed": [
    "An operator stopped or resumed collecting.",
    { collecting: flag("Whether new debits are sent from now on.") },
  ],
} as const satisfies EventTypes;
