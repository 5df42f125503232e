// Every call of the gateway by name. A handler is synchronous, so no two calls can interleave inside one.

import type { Answer } from "./envelope.ts";
import type { Body } from "./fields.ts";
import * as graphql from "./graphql-calls.ts";
import { checkout } from "./payman-checkout.ts";
import * as contract from "./payman-contract.ts";
import * as outcome from "./payment-outcome.ts";
import * as payment from "./payment-request.ts";
import type { CallName } from "./records.ts";
import type { Desk } from "./state.ts";

export const handlers: { readonly [call in CallName]: (desk: Desk, body: Body) => Answer } = {
  "payment/request": payment.request,
  "payment/feeCalculation": payment.feeCalculation,
  "payment/verify": outcome.verify,
  "payment/inquiry": outcome.inquiry,
  "payment/unVerified": outcome.unVerified,
  "payment/reverse": outcome.reverse,
  "payman/request": contract.request,
  "payman/banksList": contract.banksList,
  "payman/verify": contract.verify,
  "payman/checkout": checkout,
  "payman/cancelContract": contract.cancelContract,
  "graphql/Session": graphql.session,
  "graphql/AddRefund": graphql.addRefund,
};
