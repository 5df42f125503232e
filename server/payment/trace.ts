import { contract } from "../../contract/index.ts";
import { answered, asOperator } from "../http/handler.ts";
import { presentHeard } from "../http/heard.ts";
import { refusal } from "../http/problem.ts";
import { evidenceFor } from "../store/exceptions.ts";
import { findAnyPayment } from "../store/read.ts";
import { presentPayment } from "./present.ts";

export const tracePayment = asOperator.route(contract.payments.trace, async ({ params }, context) => {
  const { db } = context.deps;
  const payment = await findAnyPayment(db, params.paymentId);
  if (!payment) return refusal(context, "not_found");
  const { customerId, authority } = payment;
  const [evidence = []] = await evidenceFor(db, [payment]);
  return answered(context, 200, {
    payment: presentPayment(payment),
    customerId,
    authority,
    evidence: evidence.map(presentHeard),
  });
});
