// What comes of asking for messages, whether they are set aside or used at once.
import { isRejection } from "../billing/rejection.ts";
import { decideDuePeriodEnd } from "../billing/renew.ts";
import type { RequestContext } from "../http/context.ts";
import { answered } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { presentBalance } from "../http/quota.ts";
import { reserveMessages, type Reserved, type WantedMessages } from "../store/quota.ts";
import type { Balance } from "../store/read.ts";
import { transact } from "../store/transact.ts";
import { presentReservation } from "./present.ts";

/** Reserves, and answers with the reservation or with what stands in its way. */
export async function answerReserved(context: RequestContext, wanted: WantedMessages) {
  const reserved = await reserveInPeriod(context, wanted);
  switch (reserved.kind) {
    case "standing":
      return answered(context, 201 as const, presentReservation(reserved));
    case "exceeded":
      return refusal(context, "quota_exceeded", shortage(wanted, reserved.balance));
    case "exists":
      return refusal(context, "reservation_exists", `${wanted.id} stands for another request.`);
    case "unknown_customer":
      return refusal(context, "not_found");
    default:
      return reserved satisfies never;
  }
}

/** What ended just now is followed by the next period at once, and not when the tick comes to it. */
async function reserveInPeriod({ deps }: RequestContext, wanted: WantedMessages): Promise<Reserved> {
  const reserved = await reserveMessages(deps.db, wanted, deps.wall());
  if (reserved.kind !== "exceeded" || !reserved.balance?.isOver) return reserved;
  const { customerId } = wanted;
  const slice = await transact<never>(deps, { customerId, actor: "system", decide: decideDuePeriodEnd });
  // Who is that busy has had the next period begun by somebody else.
  return isRejection(slice) ? reserved : reserveMessages(deps.db, wanted, deps.wall());
}

function shortage({ messages, productId }: WantedMessages, balance: Balance | null): string {
  if (!balance) return `${messages} wanted; the customer has no messages of ${productId}.`;
  const { granted, used, reserved, overrun, remaining, validUntil } = presentBalance(balance);
  const end = balance.isOver ? `The grant ended at ${validUntil}. ` : "";
  const beyond = overrun > 0 ? `, ${overrun} used beyond it` : "";
  return `${end}${messages} wanted, ${remaining} remain: ${granted} granted, ${used} used, ${reserved} set aside${beyond}.`;
}
