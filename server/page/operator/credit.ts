// Giving a customer credit, or taking it back: an amount and why.
import { CustomerId } from "../../../contract/common/id.ts";
import { accepted } from "../site/api.ts";
import { idIn, Refused, typed, type Onward, type Visit } from "../site/visit.ts";
import { latinDigits } from "../site/words.ts";

export async function giveCredit(visit: Visit): Promise<Onward> {
  const customerId = idIn(CustomerId, visit.params["customerId"]);
  await writeCredit(visit, { customerId, reason: typed(visit, "reason") });
  return { goTo: `/operator/customers/${customerId}?done=credit` };
}

interface ForCredit {
  readonly customerId: CustomerId;
  readonly reason: string;
}

/** As much as the form says. */
export async function writeCredit(visit: Visit, { customerId, reason }: ForCredit): Promise<void> {
  const body = { amountRials: amountIn(typed(visit, "amount")), reason };
  accepted(await visit.api.credits.adjust({ params: { customerId }, body }), 200);
}

/** People group their digits. Example: `۵۰۰٬۰۰۰` is 500000. */
function amountIn(text: string): number {
  const plain = latinDigits(text).replaceAll(/[\s,٬]/g, "");
  if (!/^-?\d{1,15}$/.test(plain)) {
    throw new Refused({ code: "validation_failed", status: 422, field: "amount", requestId: null });
  }
  return Number(plain);
}
