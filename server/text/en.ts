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
    title: "Back from the gateway",
    text: "We ask the gateway what became of the payment and show it in the app. There is no need to pay again.",
  },
};
