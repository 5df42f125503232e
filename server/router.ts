// One handler for every endpoint of the contract; the compiler asks for each.
import type { Handlers } from "./app.ts";
import { account } from "./account/handlers.ts";
import { listActivityHandler } from "./activity/list.ts";
import { listActivityOfCustomer } from "./activity/list-of-customer.ts";
import { getAuditFile } from "./audit-export/file.ts";
import { listAuditKeys } from "./audit-export/keys.ts";
import { listAuditExportsHandler } from "./audit-export/list.ts";
import { getBuyerDetails } from "./buyer/get.ts";
import { setBuyerDetails } from "./buyer/set.ts";
import { createCheckout } from "./checkout/create.ts";
import { getCheckout } from "./checkout/get.ts";
import { archiveCouponHandler } from "./coupon/archive.ts";
import { createCouponHandler } from "./coupon/create.ts";
import { listCouponsHandler } from "./coupon/list.ts";
import { adjustCredit } from "./credit/adjust.ts";
import { getCredit } from "./credit/get.ts";
import { issueCreditNote } from "./credit/issue-note.ts";
import { listCreditNotesOfCustomer } from "./credit/list-notes-of-customer.ts";
import { listCreditNotesHandler } from "./credit/list-notes.ts";
import { showInvoice } from "./document/invoice.ts";
import { showInvoiceOfCustomer } from "./document/invoice-of-customer.ts";
import { showReceipt } from "./document/receipt.ts";
import { showReceiptOfCustomer } from "./document/receipt-of-customer.ts";
import { getEpochHandler } from "./epoch/get.ts";
import { recallHandler } from "./epoch/recall.ts";
import { settleEpochHandler } from "./epoch/settle.ts";
import { startEpochHandler } from "./epoch/start.ts";
import { listEvents } from "./event/list.ts";
import { createCustomer } from "./customer/create.ts";
import { getCustomer } from "./customer/get.ts";
import { getStateByExternalId } from "./customer/get-state-by-external-id.ts";
import { getState } from "./customer/get-state.ts";
import { listCustomersHandler } from "./customer/list.ts";
import { getCustomerRecord } from "./customer/record.ts";
import { acknowledgeException } from "./exception/acknowledge.ts";
import { getException } from "./exception/get.ts";
import { listExceptionsHandler } from "./exception/list.ts";
import { resolvePayment } from "./payment/resolve.ts";
import { resumeCustomer } from "./exception/resume.ts";
import { createExport } from "./finance-export/create.ts";
import { getExportFile } from "./finance-export/file.ts";
import { getExport } from "./finance-export/get.ts";
import { listExportsHandler } from "./finance-export/list.ts";
import { closeMonthHandler } from "./finance/close-month.ts";
import { listBookingsOfCustomer } from "./finance/list-bookings-of-customer.ts";
import { listMonths } from "./finance/months.ts";
import { getReceivables } from "./finance/receivables.ts";
import { listRevenueHandler } from "./finance/revenue.ts";
import { getTrialBalance } from "./finance/trial-balance.ts";
import { getVat } from "./finance/vat.ts";
import { createImport } from "./import/create.ts";
import { listInvariants } from "./invariant/list.ts";
import { getInvoice } from "./invoice/get.ts";
import { listInvoicesOfCustomer } from "./invoice/list-of-customer.ts";
import { listInvoicesHandler } from "./invoice/list.ts";
import { markInvoiceUncollectible } from "./invoice/mark-uncollectible.ts";
import { voidInvoice } from "./invoice/void.ts";
import { advanceKeyRotation } from "./key-rotation/advance.ts";
import { getKeyRotation } from "./key-rotation/get.ts";
import { createLoginLinkHandler } from "./login-link/create.ts";
import { openLoginLink } from "./login-link/open.ts";
import { showLoginLink } from "./login-link/show.ts";
import { getMetrics } from "./metrics/get.ts";
import { getPreferences } from "./notification/get-preferences.ts";
import { listNoticesOfCustomer } from "./notification/list-of-customer.ts";
import { setPreferencesHandler } from "./notification/set-preferences.ts";
import { checkChainHandler } from "./operator/check-chain.ts";
import { getCollecting } from "./operator/get-collecting.ts";
import { getGateway } from "./operator/get-gateway.ts";
import { setCollectingHandler } from "./operator/set-collecting.ts";
import { listBanks } from "./payment-method/banks.ts";
import { cancelPaymentMethod } from "./payment-method/cancel.ts";
import { confirmPaymentMethod } from "./payment-method/confirm.ts";
import { createPaymentMethod } from "./payment-method/create.ts";
import { getPaymentMethod } from "./payment-method/get.ts";
import { listPaymentMethodsOfCustomer } from "./payment-method/list-of-customer.ts";
import { listPaymentMethodsHandler } from "./payment-method/list.ts";
import { openPaymentLink } from "./pay/open.ts";
import { showPaymentLink } from "./pay/show.ts";
import { createPartnerHandler } from "./partner/create.ts";
import { getPartner } from "./partner/get.ts";
import { listPartnersHandler } from "./partner/list.ts";
import { setReturnUrlsHandler } from "./partner/set-return-urls.ts";
import { createKeyHandler } from "./partner-key/create.ts";
import { listKeysHandler } from "./partner-key/list.ts";
import { revokeKeyHandler } from "./partner-key/revoke.ts";
import { rotateKeyHandler } from "./partner-key/rotate.ts";
import { getPayment } from "./payment/get.ts";
import { listPaymentsOfCustomer } from "./payment/list-of-customer.ts";
import { tracePayment } from "./payment/trace.ts";
import { listPaymentsHandler } from "./payment/list.ts";
import { createPayout } from "./payout/create.ts";
import { listPayoutsHandler } from "./payout/list.ts";
import { cancelPriceMigration } from "./price-migration/cancel.ts";
import { confirmPriceMigration } from "./price-migration/confirm.ts";
import { createPriceMigration } from "./price-migration/create.ts";
import { getPriceMigration } from "./price-migration/get.ts";
import { listPriceMigrations } from "./price-migration/list.ts";
import { listPriceMoves } from "./price-migration/list-moves.ts";
import { archivePriceHandler } from "./product/archive-price.ts";
import { archiveProductHandler } from "./product/archive.ts";
import { createPriceHandler } from "./product/create-price.ts";
import { createProductHandler } from "./product/create.ts";
import { getProduct } from "./product/get.ts";
import { listProductsHandler } from "./product/list.ts";
import { addMessages } from "./quota/add-messages.ts";
import { commitReservationHandler } from "./quota/commit-reservation.ts";
import { consumeMessagesHandler } from "./quota/consume.ts";
import { getReservation } from "./quota/get-reservation.ts";
import { listQuotasOfCustomer } from "./quota/list-of-customer.ts";
import { listQuotasHandler } from "./quota/list.ts";
import { releaseReservationHandler } from "./quota/release-reservation.ts";
import { reserveMessagesHandler } from "./quota/reserve.ts";
import { createRefund } from "./refund/create.ts";
import { failRefund } from "./refund/fail.ts";
import { getRefund } from "./refund/get.ts";
import { listRefundsHandler } from "./refund/list.ts";
import { settleRefund } from "./refund/settle.ts";
import { checkUnverified } from "./reconciliation/check-unverified.ts";
import { getReconciliation } from "./reconciliation/get.ts";
import { listReconciliationsHandler } from "./reconciliation/list.ts";
import { subscriptions } from "./subscription/handlers.ts";
import { getHealthHandler } from "./health/get.ts";
import { getHealth } from "./system/health.ts";
import { findCustomersHandler } from "./search/find.ts";
import { advanceTestClock } from "./test-clock/advance.ts";
import { getTestClock } from "./test-clock/get.ts";
import { webhookEndpoints } from "./webhook-endpoint/handlers.ts";
import { returnFromSigning } from "./webhook/payment-method-return.ts";
import { returnFromPaying } from "./webhook/payment-return.ts";
import { listWebhookEventsOfCustomer } from "./webhook/list-of-customer.ts";
import { receiveZarinpal } from "./webhook/zarinpal.ts";

export const handlers: Handlers = {
  account,
  activities: { list: listActivityHandler, listOfCustomer: listActivityOfCustomer },
  notifications: {
    getPreferences,
    setPreferences: setPreferencesHandler,
    listOfCustomer: listNoticesOfCustomer,
  },
  customers: {
    create: createCustomer,
    list: listCustomersHandler,
    get: getCustomer,
    record: getCustomerRecord,
    state: getState,
    stateByExternalId: getStateByExternalId,
  },
  buyers: { get: getBuyerDetails, set: setBuyerDetails },
  products: {
    list: listProductsHandler,
    get: getProduct,
    create: createProductHandler,
    archive: archiveProductHandler,
    archivePrice: archivePriceHandler,
    createPrice: createPriceHandler,
  },
  priceMigrations: {
    create: createPriceMigration,
    list: listPriceMigrations,
    get: getPriceMigration,
    listMoves: listPriceMoves,
    confirm: confirmPriceMigration,
    cancel: cancelPriceMigration,
  },
  paymentMethods: {
    create: createPaymentMethod,
    list: listPaymentMethodsHandler,
    listOfCustomer: listPaymentMethodsOfCustomer,
    get: getPaymentMethod,
    banks: listBanks,
    confirm: confirmPaymentMethod,
    cancel: cancelPaymentMethod,
  },
  subscriptions,
  coupons: { create: createCouponHandler, list: listCouponsHandler, archive: archiveCouponHandler },
  credits: {
    get: getCredit,
    listNotes: listCreditNotesHandler,
    listNotesOfCustomer: listCreditNotesOfCustomer,
    adjust: adjustCredit,
    issueNote: issueCreditNote,
  },
  invoices: {
    list: listInvoicesHandler,
    listOfCustomer: listInvoicesOfCustomer,
    get: getInvoice,
    void: voidInvoice,
    markUncollectible: markInvoiceUncollectible,
  },
  documents: {
    invoice: showInvoice,
    receipt: showReceipt,
    invoiceOfCustomer: showInvoiceOfCustomer,
    receiptOfCustomer: showReceiptOfCustomer,
  },
  payments: {
    list: listPaymentsHandler,
    get: getPayment,
    listOfCustomer: listPaymentsOfCustomer,
    trace: tracePayment,
  },
  checkouts: { create: createCheckout, get: getCheckout },
  paymentLinks: { show: showPaymentLink, open: openPaymentLink },
  refunds: {
    create: createRefund,
    list: listRefundsHandler,
    get: getRefund,
    settle: settleRefund,
    fail: failRefund,
  },
  quotas: {
    list: listQuotasHandler,
    listOfCustomer: listQuotasOfCustomer,
    addMessages,
    reserve: reserveMessagesHandler,
    consume: consumeMessagesHandler,
    commitReservation: commitReservationHandler,
    releaseReservation: releaseReservationHandler,
    getReservation,
  },
  events: { list: listEvents },
  partners: {
    create: createPartnerHandler,
    list: listPartnersHandler,
    get: getPartner,
    setReturnUrls: setReturnUrlsHandler,
  },
  partnerKeys: {
    create: createKeyHandler,
    list: listKeysHandler,
    rotate: rotateKeyHandler,
    revoke: revokeKeyHandler,
  },
  loginLinks: { create: createLoginLinkHandler, show: showLoginLink, open: openLoginLink },
  webhookEndpoints,
  webhooks: {
    zarinpal: receiveZarinpal,
    listOfCustomer: listWebhookEventsOfCustomer,
    paymentMethodReturn: returnFromSigning,
    paymentReturn: returnFromPaying,
  },
  operator: {
    getCollecting,
    setCollecting: setCollectingHandler,
    getGateway,
    checkChain: checkChainHandler,
  },
  search: { find: findCustomersHandler },
  epochs: { get: getEpochHandler, start: startEpochHandler, recall: recallHandler, settle: settleEpochHandler },
  keyRotation: { get: getKeyRotation, advance: advanceKeyRotation },
  exceptions: {
    list: listExceptionsHandler,
    get: getException,
    resolve: resolvePayment,
    resume: resumeCustomer,
    acknowledge: acknowledgeException,
  },
  invariants: { list: listInvariants },
  reconciliations: { list: listReconciliationsHandler, get: getReconciliation, checkUnverified },
  finance: {
    trialBalance: getTrialBalance,
    receivables: getReceivables,
    revenue: listRevenueHandler,
    vat: getVat,
    listBookingsOfCustomer,
    listMonths,
    closeMonth: closeMonthHandler,
  },
  auditExports: { keys: listAuditKeys, list: listAuditExportsHandler, file: getAuditFile },
  financeExports: {
    create: createExport,
    list: listExportsHandler,
    get: getExport,
    file: getExportFile,
  },
  payouts: { create: createPayout, list: listPayoutsHandler },
  imports: { create: createImport },
  testClock: { get: getTestClock, advance: advanceTestClock },
  metrics: { get: getMetrics },
  health: { get: getHealthHandler },
  system: { health: getHealth },
};
