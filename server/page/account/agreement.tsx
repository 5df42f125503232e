// One direct debit: what is agreed, in plain words; the banks to sign at while it waits; and how it stands afterwards.
import * as z from "zod";
import { PaymentMethodId } from "../../../contract/common/id.ts";
import type { PaymentMethod, SigningBank } from "../../../contract/payment-method.ts";
import type { Subscription } from "../../../contract/subscription.ts";
import { bankName } from "../../text/bank.ts";
import type { Texts } from "../../text/texts.ts";
import { accepted } from "../site/api.ts";
import { idIn, type OwnPage, type OwnVisit } from "../site/visit.ts";
import { toman } from "../site/words.ts";
import { cancelAgreement, confirmAgreement } from "./agreement-actions.ts";
import { isLive, subscriptionsOf } from "./held.ts";
import { AgreementActions, AgreementTerms, isOpen, stateOf } from "./agreement-card.tsx";

type Bank = z.infer<typeof SigningBank>;

const refreshS = 5;

export const agreement: OwnPage = {
  path: "/account/payment-methods/:paymentMethodId",
  who: "subscriber",
  show: async (visit) => {
    const { texts, api, params, url } = visit;
    const { agreement: words } = texts.site;
    const answer = await api.paymentMethods.get({
      params: { paymentMethodId: idIn(PaymentMethodId, params["paymentMethodId"]) },
    });
    const method = accepted(answer, 200).body.data;
    const isPending = method.status === "pending_signature";
    // Whoever comes back from the bank waits for its word; whoever has not been there chooses in peace.
    const isBack = isPending && url.searchParams.has("back");
    const banks = isPending && !isBack ? await banksOf(visit, method) : null;
    const content = (
      <>
        <section class="card">
          <p class="state">{isBack ? words.waiting : stateOf(texts, method)}</p>
          <Onwards visit={visit} method={method} />
        </section>
        <AgreementTerms texts={texts} method={method} />
        {banks === null ? null : <Banks visit={visit} banks={banks} />}
        <AgreementActions
          visit={visit}
          method={method}
          paid={method.needs === "nothing" ? null : await paidBy(visit, method)}
        />
      </>
    );
    return { title: words.title, content, ...(isBack && { refreshS }) };
  },
  actions: { cancelAgreement, confirmAgreement },
};

/** What it pays, and another one would: a subscription that has not ended. */
async function paidBy(visit: OwnVisit, { id }: PaymentMethod): Promise<Subscription | null> {
  const subscriptions = await subscriptionsOf(visit);
  return subscriptions.find((subscription) => isLive(subscription) && subscription.paymentMethodId === id) ?? null;
}

/** To what was chosen before the way to the bank. */
function Onwards({ visit, method }: { visit: OwnVisit; method: PaymentMethod }) {
  const { agreement: words } = visit.texts.site;
  const { choice } = visit;
  if (method.status === "active" && choice !== null) {
    return (
      <div class="actions">
        <a class="button" href={choice}>
          {words.onward}
        </a>
      </div>
    );
  }
  if (isOpen(method)) return null;
  const [href, name] =
    choice !== null
      ? [choice, words.onward]
      : method.status === "verification_failed"
        ? ["/products", words.again]
        : ["/account", visit.texts.site.payment.back];
  return (
    <div class="actions">
      <a class="button" href={href}>
        {name}
      </a>
    </div>
  );
}

/** None while the gateway does not answer. */
async function banksOf({ api }: OwnVisit, { id }: PaymentMethod): Promise<readonly Bank[]> {
  const answer = await api.paymentMethods.banks({ params: { paymentMethodId: id } });
  return answer.status === 503 ? [] : accepted(answer, 200).body.data;
}

const Needed = z.coerce.number().min(0).catch(0);

function Banks({ visit, banks }: { visit: OwnVisit; banks: readonly Bank[] }) {
  const { texts, url } = visit;
  const { agreement: words } = texts.site;
  const neededRials = Needed.parse(url.searchParams.get("needs"));
  return (
    <section class="card">
      <h2>{words.banks}</h2>
      {banks.length === 0 ? <p>{words.noBanks}</p> : null}
      <ul class="plain">
        {banks.map((bank) => (
          <SigningRow texts={texts} bank={bank} neededRials={neededRials} />
        ))}
      </ul>
    </section>
  );
}

function SigningRow({ texts, bank, neededRials }: { texts: Texts; bank: Bank; neededRials: number }) {
  const { agreement: words } = texts.site;
  const { maxDailyAmountRials, signingUrl } = bank;
  const name = bankName(texts, bank);
  return (
    <li class="row">
      <span>
        <strong>{name}</strong>
        <br />
        <span class="quiet">{words.bankCap(toman(texts, maxDailyAmountRials))}</span>
      </span>
      {maxDailyAmountRials < neededRials ? (
        <span class="quiet">{words.bankTooLow}</span>
      ) : (
        <a class="button second" href={signingUrl} rel="noreferrer">
          {words.bankOpen(name)}
        </a>
      )}
    </li>
  );
}
