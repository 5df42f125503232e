import { contract } from "../../contract/index.ts";
import { asOperator } from "../http/handler.ts";
import { answeredPageOf } from "../http/of-customer.ts";
import { listPaymentMethods } from "../store/read.ts";
import { presentPaymentMethod } from "./present.ts";

export const listPaymentMethodsOfCustomer = asOperator.route(
  contract.paymentMethods.listOfCustomer,
  async ({ params, query }, context) => {
    const { customerId } = params;
    const rows = await listPaymentMethods(context.deps.db, customerId, query);
    return answeredPageOf(context, rows, { customerId, limit: query.limit, present: presentPaymentMethod });
  },
);
