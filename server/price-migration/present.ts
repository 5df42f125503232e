// Price migrations as the contract shows them.
import type { PriceMigration, PriceMove } from "../../contract/price-migration.ts";
import { instant, instantOrNull } from "../billing/clock.ts";
import { signedRials } from "../billing/money.ts";
import type { Move } from "../billing/price-migration.ts";
import type { Subscription } from "../billing/state.ts";
import type { StoredMigration } from "../store/price-migrations.ts";

export function presentMigration({
  createdAt,
  confirmedAt,
  canceledAt,
  ...migration
}: StoredMigration): PriceMigration {
  return {
    ...migration,
    createdAt: instant(createdAt),
    confirmedAt: instantOrNull(confirmedAt),
    canceledAt: instantOrNull(canceledAt),
  };
}

export function presentMove({ id, customerId, quantity, priceMigration }: Subscription, move: Move): PriceMove {
  const { movesAt, fromRials, toRials } = move;
  return {
    id,
    customerId,
    quantity,
    announced: priceMigration !== null,
    movesAt: instantOrNull(movesAt),
    fromRials,
    toRials,
    moreRials: signedRials(toRials - fromRials),
  };
}
