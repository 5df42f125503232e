// Events of price migrations as a whole: they stand in the catalogue's stream. What one means for a subscription is an
// event of that subscription.
import { PriceId, PriceMigrationId } from "../common/id.ts";
import { count, type EventTypes } from "./fields.ts";

export const priceMigrationEvents = {
  "price_migration.planned": [
    "A price's subscriptions are to move to another price; nobody is told yet.",
    {
      migrationId: PriceMigrationId,
      fromPriceId: PriceId,
      toPriceId: PriceId,
      noticeDays: count("Days of notice, at least.", 30),
    },
  ],
  "price_migration.confirmed": ["From here on subscribers are told.", { migrationId: PriceMigrationId }],
  "price_migration.canceled": ["Whoever has not moved stays where they are.", { migrationId: PriceMigrationId }],
} as const satisfies EventTypes;
