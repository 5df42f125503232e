// What a subscription that begins, changes or ends moves of the recurring revenue: of all that its customer has, and of each
// product by itself. Movements are a customer's: whoever takes a second subscription expands, and is not new again; but is
// new to its product.
import type { CustomerId, ProductId, SubscriptionId } from "../../contract/common/id.ts";
import type { Rials } from "../../contract/common/money.ts";
import { ofAll } from "./figures.ts";
import { sumRials, zeroRials } from "./money.ts";
import { movementOf, type Monthly, type Movement } from "./mrr.ts";

/** What the figures have to remember of a subscription: a row for each product that it is, or was, to. */
export interface MeasuredSubscription {
  readonly id: SubscriptionId;
  readonly productId: ProductId;
  readonly customerId: CustomerId;
  /** What its terms come to in a month for this product, whether or not that counts now. */
  readonly monthlyRials: Rials;
  readonly isCounted: boolean;
  /** Whether it ever was, and came to something. */
  readonly hasCounted: boolean;
}

/** What becomes of a subscription; what is not named stays as it is. */
export interface Change {
  readonly id: SubscriptionId;
  readonly monthly?: Monthly;
  readonly isCounted?: boolean;
  /** Whether it stops since it was not paid. */
  readonly isUnpaid?: boolean;
}

interface Move {
  readonly productId: ProductId | typeof ofAll;
  readonly movement: Movement;
  readonly amountRials: Rials;
}

/**
 * What a change of one of a customer's subscriptions moves, and what it is after it. Throws on one that was not loaded.
 * Example: from a product at 900,000 to another at 2,900,000 is an expansion by 2,000,000 of all; the one product loses
 * 900,000, and the other has 2,900,000 that are new.
 */
export function movesOf(
  own: readonly MeasuredSubscription[],
  change: Change,
): { readonly moves: readonly Move[]; readonly subscriptions: readonly MeasuredSubscription[] } {
  const others = own.filter(({ id }) => id !== change.id);
  const subscriptions = changed(
    own.filter(({ id }) => id === change.id),
    change,
  );
  const after = [...others, ...subscriptions];
  const scopes: readonly Move["productId"][] = [ofAll, ...subscriptions.map(({ productId }) => productId)];
  const moves = scopes.flatMap((productId): readonly Move[] => {
    const isOfIt = (each: MeasuredSubscription) => productId === ofAll || each.productId === productId;
    const was = own.filter(isOfIt);
    const move = movementOf({
      before: revenueOf(was),
      after: revenueOf(after.filter(isOfIt)),
      hadPaid: was.some(({ hasCounted }) => hasCounted),
      isUnpaid: change.isUnpaid === true,
    });
    return move === null ? [] : [{ productId, ...move }];
  });
  return { moves, subscriptions };
}

function changed(before: readonly MeasuredSubscription[], change: Change): readonly MeasuredSubscription[] {
  const [first] = before;
  if (!first) throw new Error(`${change.id} was not loaded`);
  const { monthly, isCounted = first.isCounted } = change;
  const known = new Map(before.map((each) => [each.productId, each]));
  return [...new Set([...known.keys(), ...(monthly?.keys() ?? [])])].map((productId) => {
    const was = known.get(productId);
    const monthlyRials = (monthly ? monthly.get(productId) : was?.monthlyRials) ?? zeroRials;
    const hasCounted = was?.hasCounted === true || (isCounted && monthlyRials > 0);
    return { id: first.id, productId, customerId: first.customerId, monthlyRials, isCounted, hasCounted };
  });
}

function revenueOf(subscriptions: readonly MeasuredSubscription[]): Rials {
  return sumRials(subscriptions.filter(({ isCounted }) => isCounted).map((each) => each.monthlyRials));
}
