// Every page of ours: for anyone, for subscribers, and the operators' console.
import { agreement } from "./account/agreement.tsx";
import { buyer } from "./account/buyer.tsx";
import { cancel } from "./account/cancel.tsx";
import { change } from "./account/change.tsx";
import { erase } from "./account/erase.tsx";
import { extras } from "./account/extras.tsx";
import { activity, invoices, payments } from "./account/lists.tsx";
import { overview } from "./account/overview.tsx";
import { pause } from "./account/pause.tsx";
import { pay } from "./account/pay.tsx";
import { payment } from "./account/payment.tsx";
import { settings } from "./account/settings.tsx";
import { sign } from "./account/sign.tsx";
import { preferences, signOut } from "./door/leave.ts";
import { mobile, signInByCode } from "./door/mobile.tsx";
import { forgotPassword, resetPassword } from "./door/password.tsx";
import { signIn } from "./door/sign-in.tsx";
import { signUp } from "./door/sign-up.tsx";
import { action } from "./operator/action.tsx";
import { all } from "./operator/all.tsx";
import { collecting } from "./operator/collecting.tsx";
import { coupons } from "./operator/coupons.tsx";
import {
  customerBookings,
  customerHints,
  customerInvoices,
  customerNotes,
  customerPayments,
} from "./operator/customer-lists.tsx";
import { customer } from "./operator/customer.tsx";
import { customers } from "./operator/customers.tsx";
import { epoch } from "./operator/epoch.tsx";
import { exception } from "./operator/exception.tsx";
import { exceptions } from "./operator/exceptions.tsx";
import { factor } from "./operator/factor.tsx";
import { invariants } from "./operator/invariants.tsx";
import { metrics } from "./operator/metrics.tsx";
import { partner } from "./operator/partner.tsx";
import { partners } from "./operator/partners.tsx";
import { payment as tracedPayment } from "./operator/payment.tsx";
import { priceMigration, priceMigrations } from "./operator/price-migrations.tsx";
import { soldProduct, soldProducts } from "./operator/products.tsx";
import { reconciliation, reconciliations } from "./operator/reconciliations.tsx";
import { refunds } from "./operator/refunds.tsx";
import { secondFactor } from "./operator/second-factor.tsx";
import { today } from "./operator/today.tsx";
import { webhookEndpoint, webhookEndpoints } from "./operator/webhook-endpoints.tsx";
import { home, products } from "./shop/products.tsx";
import { subscribe } from "./shop/subscribe.tsx";
import type { Page } from "./site/visit.ts";

export const pages: readonly Page[] = [
  home,
  products,
  signIn,
  signInByCode,
  signUp,
  forgotPassword,
  resetPassword,
  signOut,
  preferences,
  mobile,
  subscribe,
  overview,
  agreement,
  sign,
  pay,
  payment,
  payments,
  invoices,
  activity,
  change,
  pause,
  cancel,
  settings,
  extras,
  buyer,
  erase,
  today,
  metrics,
  exceptions,
  exception,
  collecting,
  invariants,
  reconciliations,
  reconciliation,
  customers,
  customer,
  customerInvoices,
  customerPayments,
  customerNotes,
  customerBookings,
  customerHints,
  tracedPayment,
  action,
  refunds,
  soldProducts,
  soldProduct,
  coupons,
  priceMigrations,
  priceMigration,
  partners,
  partner,
  webhookEndpoints,
  webhookEndpoint,
  epoch,
  all,
  factor,
  secondFactor,
];
