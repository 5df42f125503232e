// What subscribers read of their own details, on invoices and when they leave, in English.
import type { SelfTexts } from "./self-fa.ts";

export const selfEn: SelfTexts = {
  extras: {
    title: "One-time purchases",
    text: "Paid once, by card on the bank's page, with VAT.",
    messages: (messages) => `${messages} messages, until they are used`,
    messagesFor: (messages, days) => `${messages} messages for ${days} days`,
    button: "Buy",
  },
  seats: {
    title: "Seats and add-ons",
    seats: "Seats",
  },
  buyer: {
    title: "Invoice details",
    short: "Whose name stands on your invoices.",
    see: "See and change",
    text:
      "Invoices are made out to these details from now on; those you have stay as they are. You need them when a company " +
      "pays, or to claim VAT.",
    none: "None so far: invoices are made out to nobody in particular.",
    now: "On your invoices",
    give: "Give details",
    change: "Change them",
    kind: "Who pays",
    kinds: { natural: "A person", legal: "A company" },
    name: "Full name, or the company's",
    ownName: "Name",
    companyName: "Company",
    back: "Back to settings",
    nationalId: "National id",
    ofPerson: "Of a person: ten digits",
    legalId: "Legal id",
    ofCompany: "Of a company: eleven digits",
    economicCode: "Economic code",
    ifAny: "If there is one",
    postalCode: "Postal code",
    address: "Address",
    save: "Save",
  },
  erase: {
    title: "Erase my account",
    goes: "Your name, e-mail address, mobile number, invoice details and messages are deleted, and nobody can bring them back.",
    stays: "Invoices and the books are kept, as the law requires, without your name on them.",
    before:
      "Before that, end your subscriptions and direct debits, pay what you owe, and use your credit or have it paid back.",
    sure: "I understand that this cannot be undone.",
    notSure: "Tick the box if you are sure.",
    button: "Erase my account",
    keep: "Keep my account",
  },
};
