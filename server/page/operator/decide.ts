// An operator's decision about an exception, asked of the endpoint for what it is about: a payment, a refund, a customer.
import { CustomerId, PaymentId, RefundId } from "../../../contract/common/id.ts";
import { Decision, ExceptionId } from "../../../contract/exception.ts";
import { accepted } from "../site/api.ts";
import { idIn, Refused, typed, type Onward, type Visit } from "../site/visit.ts";
import { wholeNumberIn } from "./parts.tsx";

interface Decided {
  readonly about: string;
  readonly decision: Decision;
  readonly reason: string;
}

/** Back to the same page, which then says what has become of it. */
export async function decide(visit: Visit): Promise<Onward> {
  const about = idIn(ExceptionId, visit.params["exceptionId"]);
  const decision = Decision.safeParse(visit.form.get("decision")).data;
  if (!decision) throw new Refused({ code: "missing", status: 422, field: "decision", requestId: null });
  await write(visit, { about, decision, reason: typed(visit, "reason") });
  const [kind, of] = [visit.url.searchParams.get("kind"), visit.form.get("of")];
  const query = new URLSearchParams({ ...(kind && { kind }), ...(of && { of }), done: decision });
  return { goTo: `/operator/exceptions/${about}?${query}` };
}

async function write(visit: Visit, { about, decision, reason }: Decided): Promise<void> {
  const { api } = visit;
  switch (decision) {
    case "settle":
    case "fail":
      return RefundId.safeParse(about).success
        ? ofRefund(visit, { about, decision, reason })
        : ofPayment(visit, { about, decision, reason });
    case "ask_again":
      return ofPayment(visit, { about, decision, reason });
    case "resume": {
      const params = { customerId: idIn(CustomerId, about) };
      accepted(await api.exceptions.resume({ params, body: { reason } }), 200);
      return;
    }
    case "acknowledge":
      accepted(await api.exceptions.acknowledge({ params: { exceptionId: about }, body: { reason } }), 200);
      return;
    case "credit": {
      const params = { customerId: idIn(CustomerId, visit.form.get("of")) };
      const body = { amountRials: wholeNumberIn(visit, "amount"), reason };
      accepted(await api.credits.adjust({ params, body }), 200);
      return;
    }
    default:
      return decision satisfies never;
  }
}

type OfPayment = Decided & { readonly decision: "settle" | "fail" | "ask_again" };

async function ofPayment(visit: Visit, { about, decision, reason }: OfPayment): Promise<void> {
  // A difference is named after its payment.
  const params = { paymentId: idIn(PaymentId, about.replace(/^rdf_/, "pay_")) };
  const body =
    decision === "settle" ? { decision, reference: typed(visit, "reference"), reason } : { decision, reason };
  accepted(await visit.api.exceptions.resolve({ params, body }), 200);
}

type OfRefund = Decided & { readonly decision: "settle" | "fail" };

async function ofRefund(visit: Visit, { about, decision, reason }: OfRefund): Promise<void> {
  const params = { refundId: idIn(RefundId, about) };
  const answer =
    decision === "settle"
      ? await visit.api.refunds.settle({ params, body: { reference: typed(visit, "reference"), reason } })
      : await visit.api.refunds.fail({ params, body: { reason } });
  accepted(answer, 200);
}
