// Everything our pages say in English.
import type { Texts } from "./texts.ts";

export const en: Texts = {
  language: "en",
  direction: "ltr",
  brand: "Sarresid",
  closePage: "You may close this page and go back to the app.",
  paymentMethodReturn: {
    active: {
      title: "Direct debit is active",
      text: "Your agreement with the bank is signed. From now on each period is debited from your account when it is due.",
    },
    pending: {
      title: "Asking the bank",
      text: "The bank has not answered us yet. We keep asking; there is no need to sign again.",
    },
    failed: {
      title: "The agreement was not signed",
      text: "The bank has no signature for this agreement, and nothing was debited. You can start again from the app.",
    },
    ended: {
      title: "This agreement has ended",
      text: "Nothing is debited by it any more.",
    },
  },
  paymentReturn: {
    paid: {
      title: "Paid",
      text: "Your payment has arrived. Thank you.",
    },
    asking: {
      title: "Asking the gateway",
      text: "The gateway has not told us yet what became of the payment. We keep asking; there is no need to pay again.",
    },
    unpaid: {
      title: "Nothing was paid",
      text: "The gateway has no payment of yours here. You can try again from the app or by the link you were sent.",
    },
    surplus: {
      title: "This was paid before",
      text: "You have paid once more than you owed. That money goes back to your account by itself, or becomes your credit with us.",
    },
    returned: {
      title: "This payment was given back",
      text: "The money of this payment is on its way to your account, or has arrived there.",
    },
  },
  payPage: {
    title: "Pay your invoice",
    product: "For",
    amount: "Amount",
    withVat: "VAT included",
    rials: "Rials",
    button: "Pay",
    onward: "The button leads to the bank gateway.",
    paid: {
      title: "This invoice is paid",
      text: "There is nothing left to pay. Thank you.",
    },
    notOwed: {
      title: "There is nothing to pay",
      text: "This invoice is no longer owed. If you want to go on, start again from the app.",
    },
    busy: {
      title: "A payment is under way",
      text: "The bank has not told us yet what became of it. Please come back in a few minutes; there is no need to pay again.",
    },
    unanswered: {
      title: "The gateway does not answer",
      text: "Please try again in a few minutes. Nothing was debited.",
    },
  },
};
