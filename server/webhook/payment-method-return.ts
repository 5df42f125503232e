import { contract } from "../../contract/index.ts";
import type { CustomerId, PaymentMethodId } from "../../contract/common/id.ts";
import type { PaymentMethodStatus } from "../../contract/payment-method.ts";
import { after, secondMs } from "../billing/clock.ts";
import type { Deps } from "../deps.ts";
import { publicly } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { noticePage } from "../page/notice.tsx";
import { findPaymentMethod } from "../store/read.ts";
import { ownerOf } from "../store/webhook-event.ts";
import { textsFor } from "../text/languages.ts";
import type { Texts } from "../text/texts.ts";
import { keepHint } from "./hint.ts";

/** How long the payer's browser waits for the gateway's word before it is told that we keep asking. */
const waitMs = 8 * secondMs;
const readEveryMs = 200;

export const returnFromSigning = publicly.route(
  contract.webhooks.paymentMethodReturn,
  async ({ params, query }, context) => {
    const { deps } = context;
    const { paymentMethodId } = params;
    const subject = await ownerOf(deps.db, { paymentMethodId });
    if (!subject) return refusal(context, "not_found");
    await keepHint(deps, { source: "return", subject, raw: query });
    const status = await statusAfterAsking(deps, subject.customerId, paymentMethodId);
    const texts = textsFor(context.request.headers.get("accept-language"));
    return { status: 200, body: noticePage(texts, noticeOf(texts, status)) };
  },
);

async function statusAfterAsking({ db, wall, sleep }: Deps, customerId: CustomerId, id: PaymentMethodId) {
  const until = after(wall(), waitMs);
  for (;;) {
    const method = await findPaymentMethod(db, customerId, id);
    if (!method) throw new Error(`${id} cannot be read any more`);
    if (method.status !== "pending_signature" || wall() >= until) return method.status;
    await sleep(readEveryMs);
  }
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
