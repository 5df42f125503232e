// Under a quote: the ways to pay it that are open to this subscriber.
import type { PaymentMethod } from "../../../contract/payment-method.ts";
import { Form, Hidden } from "../site/parts.tsx";
import type { OwnVisit } from "../site/visit.ts";
import type { Quoted } from "./quoted.ts";
import { SameExtras } from "./seats.tsx";
import { SignForm } from "./sign-form.tsx";

interface Open {
  readonly visit: OwnVisit;
  /** A signed direct debit that can carry the price; null when there is none. */
  readonly method: PaymentMethod | null;
  readonly quoted: Quoted;
}

export function Ways({ visit, method, quoted }: Open) {
  const { subscribe: words } = visit.texts.site;
  const { quote } = quoted;
  const isFree = quote.nextChargeAt === null && quote.dueRials === 0;
  if (isFree) {
    return (
      <Form visit={visit} does="free">
        <Wish visit={visit} quoted={quoted} />
        <button>{words.freeButton}</button>
      </Form>
    );
  }
  return (
    <>
      <h2>{words.how}</h2>
      <div class="grid">
        <section class="card">
          <h3>{words.debit}</h3>
          <Debit visit={visit} method={method} quoted={quoted} />
        </section>
        <section class="card">
          <h3>{words.checkout}</h3>
          <p>{quote.dueRials === 0 ? words.checkoutLater : words.checkoutText}</p>
          <div class="push">
            <Form visit={visit} does="checkout">
              <Wish visit={visit} quoted={quoted} />
              <button class="second wide">{quote.dueRials === 0 ? words.debitButton : words.checkoutButton}</button>
            </Form>
          </div>
        </section>
      </div>
      <p class="quiet">{words.agree}</p>
    </>
  );
}

function Debit({ visit, method, quoted }: Open) {
  const { subscribe: words } = visit.texts.site;
  if (method) {
    return (
      <>
        <p>{words.debitText}</p>
        <div class="push">
          <Form visit={visit} does="debit">
            <Wish visit={visit} quoted={quoted} />
            <Hidden fields={{ paymentMethodId: method.id }} />
            <button class="wide">{words.debitButton}</button>
          </Form>
        </div>
      </>
    );
  }
  if (visit.me.mobile === null) return <ProveFirst visit={visit} />;
  return (
    <>
      <p>{words.signText}</p>
      <div class="push">
        <SignForm visit={visit} />
      </div>
    </>
  );
}

function ProveFirst({ visit }: { visit: OwnVisit }) {
  const { subscribe: words } = visit.texts.site;
  const next = encodeURIComponent(`${visit.url.pathname}${visit.url.search}`);
  return (
    <>
      <p>{words.signText}</p>
      <p class="quiet">{words.proveFirst}</p>
      <div class="push">
        <a class="button wide" href={`/account/mobile?next=${next}`}>
          {words.prove}
        </a>
      </div>
    </>
  );
}

/** What is bought, as it was quoted. */
function Wish({ visit, quoted }: Pick<Open, "visit" | "quoted">) {
  const { quote, coupon, hasTrial } = quoted;
  const fields = {
    trial: hasTrial ? "yes" : "no",
    ...(coupon !== null && { couponCode: coupon }),
    ...(quote.quoteId !== null && { quoteId: quote.quoteId }),
  };
  return (
    <>
      <Hidden fields={fields} />
      <SameExtras query={visit.url.searchParams} />
    </>
  );
}
