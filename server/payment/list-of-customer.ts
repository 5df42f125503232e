import { contract } from "../../contract/index.ts";
import { asOperator } from "../http/handler.ts";
import { answeredPageOf } from "../http/of-customer.ts";
import { listPayments } from "../store/read.ts";
import { presentPayment } from "./present.ts";

export const listPaymentsOfCustomer = asOperator.route(
  contract.payments.listOfCustomer,
  async ({ params, query }, context) => {
    const { customerId } = params;
    const rows = await listPayments(context.deps.db, customerId, query);
    return answeredPageOf(context, rows, { customerId, limit: query.limit, present: presentPayment });
  },
);
