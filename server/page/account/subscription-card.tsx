// One subscription on the subscriber's own page.
import type { Invoice } from "../../../contract/invoice.ts";
import type { Payment } from "../../../contract/payment.ts";
import type { PaymentMethod } from "../../../contract/payment-method.ts";
import type { Product } from "../../../contract/product.ts";
import type { Quota } from "../../../contract/quota.ts";
import type { Quote, Subscription } from "../../../contract/subscription.ts";
import type { Texts } from "../../text/texts.ts";
import { Bar, Button } from "../site/parts.tsx";
import type { OwnVisit } from "../site/visit.ts";
import { count, day, lastDay, nameOf, toman } from "../site/words.ts";

interface Held {
  readonly visit: OwnVisit;
  readonly subscription: Subscription;
  readonly product: Product;
  /** What the next period will cost; null when none is to come. */
  readonly upcoming: Quote | null;
  /** What it changes to with the next period. */
  readonly next: Product | null;
  /** The direct debit that pays it, while it can. */
  readonly method: PaymentMethod | null;
  readonly owed: Invoice | null;
  /** A payment of what is owed that the bank has not answered for yet. */
  readonly asked: Payment | null;
  readonly quota: Quota | null;
}

export function SubscriptionCard(held: Held) {
  const { visit, subscription, product, owed, asked, quota, next } = held;
  const { texts } = visit;
  const { account } = texts.site;
  // Nothing has gone wrong while a debit of a running subscription is only on its way.
  const isCollecting = owed !== null && held.method !== null && subscription.status === "active";
  return (
    <>
      {asked && !isCollecting ? <Asking visit={visit} asked={asked} /> : null}
      {owed && !asked && !isCollecting ? <Due {...held} owed={owed} /> : null}
      <section class="card">
        <div class="row">
          <h2>
            <bdi>{nameOf(texts, product)}</bdi>
          </h2>
        </div>
        <p class="state">{stateOf(texts, subscription)}</p>
        {owed && isCollecting ? <p>{account.collecting(toman(texts, owed.dueRials))}</p> : null}
        {subscription.pendingChange ? <p>{account.changing}</p> : null}
        {next ? <p>{account.scheduled(nameOf(texts, next), day(texts, subscription.currentPeriod.endsAt))}</p> : null}
        {subscription.priceMigration ? (
          <p>{account.migration(day(texts, subscription.priceMigration.notBefore))}</p>
        ) : null}
        <NextCharge {...held} />
        {quota && quota.granted > 0 && subscription.status !== "paused" ? (
          <Usage texts={texts} quota={quota} isEnding={isEnding(subscription)} />
        ) : null}
        <Actions visit={visit} subscription={subscription} />
      </section>
    </>
  );
}

function Due({ visit, subscription, method, owed }: Held & { owed: Invoice }) {
  const { texts } = visit;
  const { account, pay } = texts.site;
  return (
    <section class="card due">
      <h2>{subscription.status === "incomplete" ? account.first : account.due}</h2>
      <p class="amount">{toman(texts, owed.dueRials)}</p>
      {owed.nextAttemptAt === null || !method ? null : <p class="quiet">{pay.retry(day(texts, owed.nextAttemptAt))}</p>}
      <div class="actions">
        <a class="button" href={`/account/pay/${subscription.id}`}>
          {account.pay}
        </a>
      </div>
    </section>
  );
}

function Asking({ visit, asked }: { visit: OwnVisit; asked: Payment }) {
  const { account, payment } = visit.texts.site;
  return (
    <section class="card due">
      <h2>{payment.asking.title}</h2>
      <p>{account.asking(toman(visit.texts, asked.amountRials))}</p>
      <div class="actions">
        <a class="button second" href={`/account/payments/${asked.id}`}>
          {account.details}
        </a>
      </div>
    </section>
  );
}

/** Whether no period follows this one by itself. */
function isEnding({ cancelAtPeriodEnd, pauseAtPeriodEnd }: Subscription): boolean {
  return cancelAtPeriodEnd || pauseAtPeriodEnd;
}

/** Where it stands, in a sentence. */
export function stateOf(texts: Texts, subscription: Subscription): string {
  const { states } = texts.site.account;
  const { status, currentPeriod, trialEndsAt, cancelAtPeriodEnd, pauseAtPeriodEnd, endedAt } = subscription;
  const until = lastDay(texts, currentPeriod.endsAt);
  switch (status) {
    case "incomplete":
      return states.incomplete;
    case "trialing":
      return cancelAtPeriodEnd
        ? states.ending(until)
        : states.trialing(lastDay(texts, trialEndsAt ?? currentPeriod.endsAt));
    case "active":
      if (cancelAtPeriodEnd) return states.ending(until);
      return pauseAtPeriodEnd ? states.pausing(until) : states.active(until);
    case "past_due":
      return states.past_due;
    case "paused":
      return subscription.pauseReason === "unpaid" ? states.pausedUnpaid : states.paused;
    case "canceled":
      return states.canceled(day(texts, endedAt ?? currentPeriod.endsAt));
    case "incomplete_expired":
      return states.incomplete_expired;
    default:
      return status satisfies never;
  }
}

function NextCharge({ visit, upcoming, method }: Held) {
  if (!upcoming) return null;
  const { texts } = visit;
  const { account } = texts.site;
  const date = day(texts, upcoming.effectiveAt);
  // A direct debit that has ended by then pays nothing.
  const lasting = method && Date.parse(method.expiresAt) > Date.parse(upcoming.effectiveAt) ? method : null;
  if (upcoming.dueRials === 0) return <p>{account.nextFree(date)}</p>;
  return (
    <dl class="stack">
      <dt>{account.nextCharge}</dt>
      <dd>
        {account.nextOn(toman(texts, upcoming.dueRials), date)}
        <br />
        <span class="quiet">
          {lasting ? account.byDebit(day(texts, lasting.activatedAt ?? lasting.createdAt)) : null}
          {lasting ? null : method ? account.byLinkUnlessSigned : account.byLink}
        </span>
      </dd>
    </dl>
  );
}

function Usage({ texts, quota, isEnding }: { texts: Texts; quota: Quota; isEnding: boolean }) {
  const { account } = texts.site;
  const used = quota.granted - quota.remaining;
  const label = account.usageOf(count(texts, used), count(texts, quota.granted));
  return (
    <>
      <div class="row">
        <span class="quiet">{account.usage}</span>
        <span>{label}</span>
      </div>
      <Bar used={used} of={quota.granted} label={label} />
      <p class="quiet">
        {quota.remaining > 0
          ? account.remaining(count(texts, quota.remaining), lastDay(texts, quota.validUntil))
          : isEnding
            ? account.usedUpForGood
            : account.usedUp(day(texts, quota.validUntil))}
      </p>
    </>
  );
}

function Actions({ visit, subscription }: Pick<Held, "visit" | "subscription">) {
  const { account } = visit.texts.site;
  const { id, status, cancelAtPeriodEnd, pauseAtPeriodEnd, scheduledChange } = subscription;
  const runs = status === "active" || status === "trialing";
  if (status === "incomplete") return null;
  const isStaying = runs && !cancelAtPeriodEnd && !pauseAtPeriodEnd;
  return (
    <div class="actions">
      {cancelAtPeriodEnd ? (
        <Button visit={visit} does="withdrawCancel" of={{ id }}>
          {account.undoCancel}
        </Button>
      ) : null}
      {pauseAtPeriodEnd || status === "paused" ? (
        <Button visit={visit} does="resume" of={{ id }}>
          {status === "paused" ? account.resume : account.undoPause}
        </Button>
      ) : null}
      {scheduledChange ? (
        <Button visit={visit} does="withdrawChange" of={{ id }} look="second">
          {account.undoChange}
        </Button>
      ) : null}
      {isStaying ? (
        <a class="button second" href={`/account/change/${id}`}>
          {account.change}
        </a>
      ) : null}
      {isStaying && status === "active" ? (
        <a class="button second" href={`/account/pause/${id}`}>
          {account.pause}
        </a>
      ) : null}
      {!cancelAtPeriodEnd ? (
        <a class="button danger" href={`/account/cancel/${id}`}>
          {account.cancel}
        </a>
      ) : null}
    </div>
  );
}
