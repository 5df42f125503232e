// What comes of asking for messages, whether they are set aside or used at once.
import type { RequestContext } from "../http/context.ts";
import { answered } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { presentBalance } from "../http/quota.ts";
import { reserveMessages, type WantedMessages } from "../store/quota.ts";
import type { Balance } from "../store/read.ts";
import { presentReservation } from "./present.ts";

/** Reserves, and answers with the reservation or with what stands in its way. */
export async function answerReserved(context: RequestContext, wanted: WantedMessages) {
  const { db, wall } = context.deps;
  const reserved = await reserveMessages(db, wanted, wall());
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

function shortage({ messages, productId }: WantedMessages, balance: Balance | null): string {
  if (!balance) return `${messages} wanted; the customer has no messages of ${productId}.`;
  const { granted, used, reserved, overrun, remaining, validUntil } = presentBalance(balance);
  const end = balance.isOver ? `The grant ended at ${validUntil}. ` : "";
  const beyond = overrun > 0 ? `, ${overrun} used beyond it` : "";
  return `${end}${messages} wanted, ${remaining} remain: ${granted} granted, ${used} used, ${reserved} set aside${beyond}.`;
}
