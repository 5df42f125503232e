// The whole API: one router under /v1. Reads like a table of contents.
import { initContract } from "@ts-rest/core";
import { activities } from "./activity.ts";
import { account } from "./account.ts";
import { auditExports } from "./audit-export.ts";
import { buyers } from "./buyer.ts";
import { checkouts } from "./checkout.ts";
import { coupons } from "./coupon.ts";
import { credits } from "./credit.ts";
import { customers } from "./customer.ts";
import { documents } from "./document.ts";
import { epochs } from "./epoch.ts";
import { events } from "./event.ts";
import { exceptions } from "./exception.ts";
import { financeExports } from "./finance-export.ts";
import { finance } from "./finance.ts";
import { health } from "./health.ts";
import { imports } from "./import.ts";
import { invariants } from "./invariant.ts";
import { invoices } from "./invoice.ts";
import { keyRotation } from "./key-rotation.ts";
import { loginLinks } from "./login-link.ts";
import { metrics } from "./metrics.ts";
import { notifications } from "./notification.ts";
import { operator } from "./operator.ts";
import { partnerKeys } from "./partner-key.ts";
import { partners } from "./partner.ts";
import { paymentMethods } from "./payment-method.ts";
import { paymentLinks } from "./pay.ts";
import { payments } from "./payment.ts";
import { payouts } from "./payout.ts";
import { priceMigrations } from "./price-migration.ts";
import { products } from "./product.ts";
import { quotas } from "./quota.ts";
import { refunds } from "./refund.ts";
import { reconciliations } from "./reconciliation.ts";
import { search } from "./search.ts";
import { subscriptions } from "./subscription.ts";
import { system } from "./system.ts";
import { testClock } from "./test-clock.ts";
import { webhookEndpoints } from "./webhook-endpoint.ts";
import { webhooks } from "./webhook.ts";

export const contract = initContract().router({
  account,
  activities,
  notifications,
  customers,
  buyers,
  products,
  priceMigrations,
  paymentMethods,
  subscriptions,
  invoices,
  documents,
  payments,
  checkouts,
  coupons,
  credits,
  paymentLinks,
  refunds,
  quotas,
  events,
  partners,
  partnerKeys,
  loginLinks,
  webhookEndpoints,
  webhooks,
  auditExports,
  operator,
  search,
  epochs,
  keyRotation,
  exceptions,
  invariants,
  reconciliations,
  payouts,
  imports,
  finance,
  financeExports,
  metrics,
  testClock,
  health,
  system,
});
