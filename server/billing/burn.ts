// What is burnt of which messages: the soonest to expire first. Nobody writes down which message came from where; it is
// worked out when it matters, when a count ends or a grant expires.
import { periodPriority } from "../../contract/quota.ts";
import type { ProductId } from "../../contract/common/id.ts";
import type { BillingMs } from "./clock.ts";
import type { QuotaReading } from "./event.ts";
import { all, type AddedMessages, type CustomerState, type QuotaGrant, type QuotaUse, type Slice } from "./state.ts";

/** Messages that a count consists of. */
interface Part {
  readonly counted: number;
  /** Null: never. */
  readonly expiresAt: BillingMs | null;
  readonly priority: number;
  /** Whether it is settled already: all that is counted of it was burnt. */
  readonly expired: boolean;
}

/**
 * What is burnt of each part when so many are used: what expired first, then the soonest to expire, among those of one
 * time the lowest priority, then the earlier named. Example: 150 used of 100 until Tuesday and 200 until Friday: 100, 50.
 */
export function burntOf(parts: readonly Part[], used: number): readonly number[] {
  // A sort keeps the order of equals.
  const order = [...parts.entries()].toSorted(([, a], [, b]) => inOrder(a, b));
  const burnt: number[] = [];
  let rest = used;
  for (const [index, { counted }] of order) {
    const taken = Math.min(counted, rest);
    burnt[index] = taken;
    rest -= taken;
  }
  return burnt;
}

function inOrder(a: Part, b: Part): number {
  if (a.expired !== b.expired) return a.expired ? -1 : 1;
  const [first, second] = [a.expiresAt ?? Infinity, b.expiresAt ?? Infinity];
  return first === second ? a.priority - b.priority : first - second;
}

/** What a product's messages are made of now, and what is burnt of each. */
export interface Burnt {
  /** Of the period's own. */
  readonly period: number;
  readonly grants: readonly { readonly grant: AddedMessages; readonly burnt: number }[];
}

/** What is burnt of a balance: what is used, and what is set aside, which may yet be. */
export function burntIn(slice: Slice, balance: QuotaGrant): Burnt {
  const grants = grantsOf(slice.state, balance.productId);
  const own = {
    counted: balance.periodMessages,
    expiresAt: balance.validUntil,
    priority: periodPriority,
    expired: false,
  };
  const [period = 0, ...rest] = burntOf([own, ...grants], takenOf(slice, balance.productId));
  return { period, grants: grants.map((grant, index) => ({ grant, burnt: rest[index] ?? 0 })) };
}

/** What comes on top of a product's messages, oldest first. */
export function grantsOf({ grants }: CustomerState, productId: ProductId): readonly AddedMessages[] {
  return all(grants).filter((grant) => grant.productId === productId && grant.counted > 0);
}

/** Messages of a product that are used or set aside, or were used beyond the tolerance. */
export function takenOf(slice: Slice, productId: ProductId): number {
  const { used, reserved, overrun } = useOf(slice, productId);
  return used + reserved + overrun;
}

export function useOf({ quotaUse }: Slice, productId: ProductId): QuotaUse {
  return quotaUse[productId] ?? { used: 0, reserved: 0, overrun: 0, version: 0 };
}

/** What is used once a state is written: nothing in a count that begins, the same in one that goes on. */
export function useAfter({ quotaUse, state: before }: Slice, after: CustomerState): Slice["quotaUse"] {
  const changed = all(after.quotas).filter((balance) => before.quotas[balance.productId] !== balance);
  const uses = changed.map((balance): [ProductId, QuotaUse] => {
    const same = all(before.quotas).filter((other) => isSameCount(other, balance));
    const most = (figure: "used" | "reserved" | "overrun") =>
      Math.max(0, ...same.map(({ productId }) => quotaUse[productId]?.[figure] ?? 0));
    const version = (quotaUse[balance.productId]?.version ?? 0) + 1;
    return [balance.productId, { used: most("used"), reserved: most("reserved"), overrun: most("overrun"), version }];
  });
  return { ...quotaUse, ...Object.fromEntries(uses) };
}

/** Whether the messages of two balances are counted in one: those of one period, whatever its product. */
export function isSameCount(a: QuotaGrant, b: Pick<QuotaGrant, "subscriptionId" | "periodIndex">): boolean {
  return a.subscriptionId === b.subscriptionId && a.periodIndex === b.periodIndex;
}

/** What a decision goes by that read what was used of a product. */
export function readingOf(slice: Slice, productId: ProductId): QuotaReading | null {
  const use = slice.quotaUse[productId];
  return use ? { productId, version: use.version } : null;
}
