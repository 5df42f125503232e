// What subscribers read of paying and of what was paid, in English.
import type { PayingTexts } from "./paying-fa.ts";

export const payingEn: PayingTexts = {
  invoiceStatus: { open: "Unpaid", paid: "Paid", void: "Void", uncollectible: "Not collected" },
  paymentStatus: {
    created: "Starting",
    submitted: "At the bank",
    unknown: "Asking the bank",
    open: "To be paid",
    verifying: "Confirming",
    needs_review: "Under review",
    succeeded: "Paid",
    failed: "Not paid",
    lapsed: "Not paid",
    closed: "Closed",
    surplus: "Paid twice",
    reversed: "Returned",
    refunded: "Refunded",
  },
  pay: {
    title: "Pay what is due",
    text: (product) => `This period of ${product} is not paid.`,
    retry: (date) => `If you do nothing, we debit again on ${date}.`,
    button: (amount) => `Pay ${amount}`,
    debitButton: "Pay by direct debit",
    checkoutButton: "Pay by card",
    nothing: "There is nothing left to pay.",
    asking: (amount) =>
      `The bank has not told us yet what became of your payment of ${amount}. This page renews itself: once it is paid, nothing is left to do; if it is not, you can pay here.`,
    reviewing: (amount) =>
      `We are checking your payment of ${amount} with the bank ourselves. You have nothing to do, and nothing more is charged meanwhile.`,
  },
  payment: {
    title: "Payment",
    of: "Amount",
    on: "Date",
    reference: "Bank reference",
    paid: { title: "Paid", text: "Your payment has arrived. Thank you." },
    declined: {
      title: "The bank declined the payment",
      text: "Nothing was taken from your account.",
    },
    unpaid: { title: "Not paid", text: "We have taken nothing from you." },
    again: "You can pay in another way, or try again later.",
    asking: {
      title: "Asking the bank",
      text:
        "The bank has not told us yet what became of it. We keep asking, and this page renews itself. There is no need to " +
        "pay again: nothing is charged twice. Should money have left your account without arriving, it goes back to you.",
    },
    reviewing: {
      title: "We are checking this payment",
      text: "What the bank told us needs a person to look at it. You have nothing to do, and nothing more is charged meanwhile.",
    },
    open: { title: "Waiting for you to pay", text: "The gateway's page is open for thirty minutes." },
    openButton: "Go to the gateway",
    surplus: {
      title: "This was paid before",
      text: "The money goes back to your account by itself, or becomes your credit with us.",
    },
    returned: { title: "The money went back", text: "It has arrived in your account, or is on its way." },
    back: "Back to my subscription",
  },
};
