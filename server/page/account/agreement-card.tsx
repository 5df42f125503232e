// A direct debit on a page: what it allows, in plain words, and the button that ends it.
import type { PaymentMethod } from "../../../contract/payment-method.ts";
import type { Subscription } from "../../../contract/subscription.ts";
import type { Texts } from "../../text/texts.ts";
import { Button, Facts } from "../site/parts.tsx";
import type { OwnVisit } from "../site/visit.ts";
import { count, day, tomanAndRials } from "../site/words.ts";

interface Shown {
  readonly visit: OwnVisit;
  readonly method: PaymentMethod;
}

/** On "my subscription": short, with the way out in sight. */
export function AgreementCard({ visit, method, paid }: Shown & { readonly paid: Subscription | null }) {
  const { texts } = visit;
  const { account, agreement } = texts.site;
  return (
    <section class={method.needs === "nothing" ? "card" : "card due"}>
      <div class="row">
        <h2>{account.debit}</h2>
        <a href={`/account/payment-methods/${method.id}`} class="quiet">
          {account.details}
        </a>
      </div>
      <p>{stateOf(texts, method)}</p>
      {method.status === "active" ? (
        <p class="quiet">
          {agreement.ceiling}: {tomanAndRials(texts, method.maxAmountRials)}
        </p>
      ) : null}
      <AgreementActions visit={visit} method={method} paid={paid} />
    </section>
  );
}

/** Confirming or signing anew where that is needed; and always the way out. */
export function AgreementActions({ visit, method, paid }: Shown & { readonly paid: Subscription | null }) {
  const { agreement, subscribe } = visit.texts.site;
  const { id, status, needs } = method;
  if (!isOpen(method)) return null;
  return (
    <div class="actions">
      {needs === "confirmation" ? (
        <Button visit={visit} does="confirmAgreement" of={{ id }}>
          {agreement.confirmButton}
        </Button>
      ) : null}
      {needs !== "nothing" && paid ? (
        <a class={needs === "renewal" ? "button" : "button second"} href={`/account/sign/${paid.id}`}>
          {subscribe.signButton}
        </a>
      ) : null}
      <Button visit={visit} does="cancelAgreement" of={{ id }} look="danger">
        {status === "active" ? agreement.cancelButton : agreement.abandonButton}
      </Button>
    </div>
  );
}

/** What is agreed, line by line. */
export function AgreementTerms({ texts, method }: { texts: Texts; method: PaymentMethod }) {
  const { agreement } = texts.site;
  const { status, maxAmountRials, maxDailyCount, maxMonthlyCount, expiresAt } = method;
  const counts = agreement.countsOf(count(texts, maxDailyCount), count(texts, maxMonthlyCount));
  return (
    <section class="card">
      <h2>{status === "pending_signature" ? agreement.terms : agreement.agreed}</h2>
      <Facts
        class="stack"
        facts={[
          [agreement.ceiling, <Told what={tomanAndRials(texts, maxAmountRials)} why={agreement.ceilingText} />],
          [agreement.counts, <Told what={counts} why={agreement.countsText} />],
          [agreement.until, agreement.untilOf(day(texts, expiresAt))],
          ...(isOpen(method) ? [[agreement.cancel, agreement.cancelText] as const] : []),
        ]}
      />
    </section>
  );
}

/** Whether it is signed, or may still be: it can be cancelled. */
export function isOpen({ status }: PaymentMethod): boolean {
  return status === "active" || status === "pending_signature";
}

function Told({ what, why }: { what: string; why: string }) {
  return (
    <>
      {what}
      <br />
      <span class="quiet">{why}</span>
    </>
  );
}

/** How it stands, in a sentence. */
export function stateOf(texts: Texts, { status, needs, activatedAt, cancellation, createdAt }: PaymentMethod) {
  const { agreement } = texts.site;
  switch (status) {
    case "pending_signature":
      return agreement.pending;
    case "active":
      if (needs === "confirmation") return agreement.confirmation;
      if (needs === "renewal") return agreement.renewal;
      return agreement.active(day(texts, activatedAt ?? createdAt));
    case "verification_failed":
      return agreement.failed;
    case "cancelled_by_user":
      return cancellation === "requested" ? `${agreement.cancelled} ${agreement.cancelling}` : agreement.cancelled;
    case "expired":
      return agreement.expired;
    default:
      return status satisfies never;
  }
}
