import { contract } from "../../contract/index.ts";
import type { CustomerId, PaymentMethodId } from "../../contract/common/id.ts";
import type { PaymentMethodStatus } from "../../contract/payment-method.ts";
import type { WallMs } from "../billing/clock.ts";
import type { PaymentMethod } from "../billing/state.ts";
import type { Deps } from "../deps.ts";
import { publicly } from "../http/handler.ts";
import { onwardFor } from "../http/onward.ts";
import { refusal } from "../http/problem.ts";
import { queryOf } from "../http/read-request.ts";
import { readUntil } from "../http/read-until.ts";
import { noticePage } from "../page/notice.tsx";
import { findPaymentMethod } from "../store/read.ts";
import { ownerOf } from "../store/webhook-event.ts";
import { textsOf } from "../text/languages.ts";
import type { Texts } from "../text/texts.ts";
import { keepHint } from "./hint.ts";

export const returnFromSigning = publicly.route(contract.webhooks.paymentMethodReturn, async ({ params }, context) => {
  const { deps, request } = context;
  const { paymentMethodId } = params;
  const subject = await ownerOf(deps.db, { paymentMethodId });
  if (!subject) return refusal(context, "not_found");
  const hintedAt = await keepHint(deps, { source: "return", subject, raw: queryOf(request) });
  const { status } = await afterAsking(deps, { customerId: subject.customerId, paymentMethodId, hintedAt });
  const texts = textsOf(request.headers);
  const more = onwardFor(request, `/account/payment-methods/${paymentMethodId}?back=1`);
  const waits = status === "pending_signature" ? { refreshS } : {};
  return { status: 200, body: noticePage(texts, noticeOf(texts, status), { ...more, ...waits }) };
});

/** An equal hint within a minute is one, so asking again costs a look. */
const refreshS = 10;

interface Asked {
  readonly customerId: CustomerId;
  readonly paymentMethodId: PaymentMethodId;
  readonly hintedAt: WallMs;
}

/** The payment method once the gateway has been asked because of this return, 8 seconds later at most. */
function afterAsking(deps: Deps, { customerId, paymentMethodId, hintedAt }: Asked): Promise<PaymentMethod> {
  const read = async () => {
    const method = await findPaymentMethod(deps.db, customerId, paymentMethodId);
    if (!method) throw new Error(`${paymentMethodId} cannot be read any more`);
    return method;
  };
  return readUntil(deps, read, (method) => isSettled(method, hintedAt));
}

/** A late signer's agreement is `verification_failed` until the gateway has been asked once more. */
function isSettled({ status, askedAt }: PaymentMethod, hintedAt: WallMs): boolean {
  if (status === "pending_signature") return false;
  return status !== "verification_failed" || (askedAt !== null && askedAt >= hintedAt);
}

function noticeOf({ paymentMethodReturn }: Texts, status: PaymentMethodStatus) {
  switch (status) {
    case "active":
      return paymentMethodReturn.active;
    case "pending_signature":
      return paymentMethodReturn.pending;
    case "verification_failed":
      return paymentMethodReturn.failed;
    case "cancelled_by_user":
    case "expired":
      return paymentMethodReturn.ended;
    default:
      return status satisfies never;
  }
}
