// Somebody who may sign a direct debit, and the page on which a bank asks them to.
import { bodyOf, createClient } from "../../scripts/demo/client.ts";
import { newPerson, proveMobile, signIn, signUp } from "../../scripts/demo/person.ts";
import type { Addresses } from "../../scripts/local/running.ts";

const dayMs = 86_400_000;

/** Signs a new person up, proves their mobile and opens an agreement. */
export async function agreementToSign({ api, mailbox }: Addresses) {
  const person = newPerson();
  await signUp(api, mailbox, person);
  const token = await signIn(api, person);
  await proveMobile(api, mailbox, { token, mobile: person.mobile });
  const client = createClient(api, token);
  const expiresAt = new Date(Date.now() + 365 * dayMs).toISOString();
  const limits = { maxAmountRials: 5_000_000, maxDailyCount: 20, maxMonthlyCount: 50, expiresAt };
  const answer = await client.paymentMethods.create({ body: limits });
  const { paymentMethod, banks } = bodyOf("POST /v1/payment-methods", answer, 201).data;
  const [bank] = banks;
  if (!bank) throw new Error("There is no bank to sign at");
  return { client, token, person, id: paymentMethod.id, signingUrl: bank.signingUrl };
}
