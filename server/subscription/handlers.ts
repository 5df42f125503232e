// The handlers of subscriptions by their names in the contract.
import { cancelForCustomer } from "./cancel-for-customer.ts";
import { cancelSubscription } from "./cancel.ts";
import { changeSubscription } from "./change.ts";
import { compSubscription } from "./comp.ts";
import { createSubscription } from "./create.ts";
import { extendSubscription } from "./extend.ts";
import { getSubscription } from "./get.ts";
import { listSubscriptionsOfCustomer } from "./list-of-customer.ts";
import { listSubscriptionsHandler } from "./list.ts";
import { pauseSubscription } from "./pause.ts";
import { paySubscription } from "./pay.ts";
import { previewChange } from "./preview-change.ts";
import { previewSubscription } from "./preview.ts";
import { resumeSubscription } from "./resume.ts";
import { setAutoTopUp } from "./set-auto-top-up.ts";
import { setPaymentMethod } from "./set-payment-method.ts";
import { getUpcomingInvoice } from "./upcoming-invoice.ts";
import { withdrawCancelForCustomer } from "./withdraw-cancel-for-customer.ts";
import { withdrawCancel } from "./withdraw-cancel.ts";
import { withdrawChange } from "./withdraw-change.ts";

export const subscriptions = {
  create: createSubscription,
  preview: previewSubscription,
  list: listSubscriptionsHandler,
  get: getSubscription,
  upcomingInvoice: getUpcomingInvoice,
  pay: paySubscription,
  change: changeSubscription,
  previewChange,
  withdrawChange,
  setPaymentMethod,
  setAutoTopUp,
  cancel: cancelSubscription,
  withdrawCancel,
  pause: pauseSubscription,
  resume: resumeSubscription,
  extend: extendSubscription,
  comp: compSubscription,
  cancelForCustomer,
  withdrawCancelForCustomer,
  listOfCustomer: listSubscriptionsOfCustomer,
};
