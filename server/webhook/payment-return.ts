import { contract } from "../../contract/index.ts";
import type { CustomerId, PaymentId } from "../../contract/common/id.ts";
import type { WallMs } from "../billing/clock.ts";
import type { Payment } from "../billing/state.ts";
import type { Deps } from "../deps.ts";
import { publicly } from "../http/handler.ts";
import { onwardFor } from "../http/onward.ts";
import { refusal } from "../http/problem.ts";
import { queryOf } from "../http/read-request.ts";
import { readUntil } from "../http/read-until.ts";
import { noticePage } from "../page/notice.tsx";
import { findPayment } from "../store/read.ts";
import { ownerOf } from "../store/webhook-event.ts";
import { textsOf } from "../text/languages.ts";
import type { Notice, Texts } from "../text/texts.ts";
import { keepHint, saysNok } from "./hint.ts";

export const returnFromPaying = publicly.route(contract.webhooks.paymentReturn, async ({ params }, context) => {
  const { deps, request } = context;
  const { paymentId } = params;
  const subject = await ownerOf(deps.db, { paymentId });
  if (!subject) return refusal(context, "not_found");
  // Whatever the browser brings along is kept raw and not interpreted beyond OK or NOK: no query is refused.
  const query = queryOf(request);
  const hintedAt = await keepHint(deps, { source: "return", subject, raw: query });
  const payment = await afterAsking(deps, { customerId: subject.customerId, paymentId, hintedAt });
  const texts = textsOf(request.headers);
  const notice = noticeOf(texts, payment, { hintedAt, nok: saysNok(query) });
  const more = onwardFor(request, `/account/payments/${paymentId}`);
  const waits = notice === texts.paymentReturn.asking ? { refreshS } : {};
  return { status: 200, body: noticePage(texts, notice, { ...more, ...waits }) };
});

/** An equal hint within a minute is one, so asking again costs a look. */
const refreshS = 10;

interface Asked {
  readonly customerId: CustomerId;
  readonly paymentId: PaymentId;
  readonly hintedAt: WallMs;
}

/** The payment once the gateway has been asked because of this return, 8 seconds later at most. */
function afterAsking({ db, ...deps }: Deps, { customerId, paymentId, hintedAt }: Asked): Promise<Payment> {
  const read = async () => {
    const payment = await findPayment(db, customerId, paymentId);
    if (!payment) throw new Error(`${paymentId} cannot be read any more`);
    return payment;
  };
  return readUntil(deps, read, (payment) => isSettled(payment, hintedAt));
}

/** Evidence alone ends no open page, and money may come late for one that has ended: there the question is what counts. */
function isSettled({ status, askedAt, authority }: Payment, hintedAt: WallMs): boolean {
  switch (status) {
    case "created":
    case "submitted":
    case "verifying":
    case "unknown":
      return false;
    case "open":
    case "closed":
    case "failed":
    case "lapsed":
      return authority === null || (askedAt !== null && askedAt >= hintedAt);
    case "succeeded":
    case "surplus":
    case "reversed":
    case "refunded":
    case "needs_review":
      return true;
    default:
      return status satisfies never;
  }
}

interface Return {
  readonly hintedAt: WallMs;
  /** What the browser brought along: "not paid" is only repeated when the gateway has not contradicted it. */
  readonly nok: boolean;
}

function noticeOf({ paymentReturn }: Texts, { status, toldAt, authority }: Payment, { hintedAt, nok }: Return): Notice {
  const isTold = authority === null || (toldAt !== null && toldAt >= hintedAt);
  switch (status) {
    case "succeeded":
      return paymentReturn.paid;
    case "surplus":
      return paymentReturn.surplus;
    case "reversed":
    case "refunded":
      return paymentReturn.returned;
    case "created":
    case "submitted":
    case "verifying":
    case "unknown":
    case "needs_review":
      return paymentReturn.asking;
    case "open":
      return isTold && nok ? paymentReturn.unpaid : paymentReturn.asking;
    case "closed":
    case "failed":
    case "lapsed":
      return isTold ? paymentReturn.unpaid : paymentReturn.asking;
    default:
      return status satisfies never;
  }
}
