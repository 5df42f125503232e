// A customer's life under the real rules: wishes and days, one after the other, against a gateway that pays or declines.
// It keeps the log, so that a test can fold it, and counts used messages as the store does: by subscription and period.
import type { SubscriptionId } from "../../contract/common/id.ts";
import { decideChange, type ChangeInput } from "../../server/billing/change.ts";
import { wallMs, type Now, type WallMs } from "../../server/billing/clock.ts";
import { nextDueAt } from "../../server/billing/due-rules.ts";
import type { NewEvent } from "../../server/billing/event.ts";
import type { Ids } from "../../server/billing/ids.ts";
import { isRejection, type Rejection } from "../../server/billing/rejection.ts";
import { all, nowOf, type Invoice, type Offer, type Slice, type Subscription } from "../../server/billing/state.ts";
import { decideSubscribe, type SubscribeInput } from "../../server/billing/subscribe.ts";
import {
  afterEvents,
  anOffer,
  aSlice,
  aSubscribeInput,
  days,
  declined,
  generousGateway,
  runDue,
  says,
  seededIds,
  wall,
  type Answers,
  type Told,
} from "./billing-builders.ts";

type Decision = readonly NewEvent[] | Rejection;

export class Life {
  #slice: Slice;
  readonly #ids: Ids = seededIds();
  readonly #answers: Answers;
  readonly #used = new Map<string, number>();
  readonly log: Told[] = [];
  at: WallMs;
  /** Whether the bank lets the debits through. */
  pays = true;

  constructor(slice: Slice, at: WallMs = wall) {
    this.#slice = slice;
    this.at = at;
    const generous = generousGateway();
    this.#answers = {
      ...generous,
      debit: (input, when) => (this.pays ? generous.debit(input, when) : declined(-99)),
      inquire: () => says(this.pays ? "PAID" : "FAILED"),
    };
  }

  get slice(): Slice {
    const quotaUse = Object.fromEntries(
      all(this.#slice.state.quotas).map((grant) => [
        grant.productId,
        {
          used: this.#used.get(periodKey(grant.subscriptionId, grant.periodIndex)) ?? 0,
          reserved: 0,
          overrun: 0,
          version: 1,
        },
      ]),
    );
    return { ...this.#slice, quotaUse };
  }

  get now(): Now {
    return nowOf(this.#slice.state, this.at);
  }

  /** The newest subscription. */
  get subscription(): Subscription {
    const last = all(this.#slice.state.subscriptions).at(-1);
    if (!last) throw new Error("There is no subscription");
    return last;
  }

  /** Its id; one that does not exist before there is any. */
  get newestId(): SubscriptionId {
    return all(this.#slice.state.subscriptions).at(-1)?.id ?? "sub_0";
  }

  get invoices(): readonly Invoice[] {
    return all(this.#slice.state.invoices);
  }

  get credit(): number {
    return this.#slice.state.customer?.creditRials ?? 0;
  }

  /** What the rules say to a wish, before anything comes of it. */
  ask(decide: (slice: Slice, now: Now, ids: Ids) => Decision): Decision {
    return decide(this.slice, this.now, this.#ids);
  }

  /** A wish with all that follows at once: its events, or the code of its refusal. */
  wish(decide: (slice: Slice, now: Now, ids: Ids) => Decision): readonly NewEvent[] | string {
    const decision = this.ask(decide);
    if (isRejection(decision)) return decision.rejected;
    const { billing } = this.now;
    this.log.push(...decision.map((event) => ({ event, at: this.at, billing })));
    this.#slice = afterEvents(this.#slice, decision, this.at);
    this.#runDue();
    return decision;
  }

  /** Whole days pass, and whatever falls due is done on the way. */
  pass(count: number): this {
    return this.until(wallMs(this.at + days(count)));
  }

  until(at: WallMs): this {
    for (;;) {
      const dueAt = nextDueAt(this.slice);
      if (dueAt === null || dueAt > at) break;
      this.at = wallMs(Math.max(this.at, dueAt));
      this.#runDue();
    }
    this.at = wallMs(Math.max(this.at, at));
    return this;
  }

  /** Uses messages, as many as may be used; returns how many that were. */
  use(count: number): number {
    const { id, productId, periodIndex, status } = this.subscription;
    const grant = this.#slice.state.quotas[productId];
    const key = periodKey(id, periodIndex);
    const used = this.#used.get(key) ?? 0;
    const isValid = grant !== undefined && grant.subscriptionId === id && grant.validUntil > this.now.billing;
    const may = isValid && status !== "canceled" ? Math.max(0, grant.granted - used) : 0;
    const taken = Math.min(count, may);
    this.#used.set(key, used + taken);
    return taken;
  }

  get usedInAll(): number {
    return [...this.#used.values()].reduce((sum, used) => sum + used, 0);
  }

  /** What was told of one type, in order. */
  told<T extends NewEvent["type"]>(type: T): readonly NewEvent<T>[] {
    return this.log.flatMap(({ event }) => (isOf(event, type) ? [event] : []));
  }

  #runDue(): void {
    const run = runDue(this.slice, this.at, this.#answers, this.#ids);
    this.log.push(...run.told);
    this.#slice = run.slice;
  }
}

/** Somebody who has subscribed and paid. */
export function subscribedLife(
  offers: readonly Offer[] = [anOffer()],
  over: Partial<SubscribeInput> = {},
  at: WallMs = wall,
): Life {
  const life = new Life(aSlice({ offers }), at);
  const events = life.wish((slice, now) =>
    decideSubscribe(slice, aSubscribeInput({ pricedAt: now.billing, ...over }), now),
  );
  if (typeof events === "string") throw new Error(events);
  return life;
}

function isOf<T extends NewEvent["type"]>(event: NewEvent, type: T): event is NewEvent<T> {
  return event.type === type;
}

function periodKey(subscriptionId: SubscriptionId, periodIndex: number): string {
  return `${subscriptionId} ${periodIndex}`;
}

/** What a life's newest subscription is to be changed to. */
export function changing(life: Life, wanted: ChangeInput["wanted"]): readonly NewEvent[] | string {
  return life.wish((slice, now, ids) => {
    const fresh = { invoiceId: ids.next("inv"), paymentId: ids.next("pay") };
    return decideChange(slice, { subscriptionId: life.newestId, wanted, ...fresh, pricedAt: now.billing }, now);
  });
}
