// What comes a little late must not come too late for ever.
import { expect, test } from "vitest";
import { after, billingMs, secondMs, wallMs, wallOf, type WallMs } from "../../server/billing/clock.ts";
import { collectAt, hashOfId } from "../../server/billing/collection-window.ts";
import { nextDueAt } from "../../server/billing/due-rules.ts";
import { signatureStep } from "../../server/billing/payment-method.ts";
import { nowOf } from "../../server/billing/state.ts";
import {
  aHint,
  afterEvents,
  anInvoice,
  aPayment,
  aPendingPaymentMethod,
  aRenewal,
  aSlice,
  declined,
  generousGateway,
  runDue,
  seededIds,
} from "../support/billing-builders.ts";

const tickLagMs = 60 * secondMs;

/** Somebody whose own second lies in the last minute of the collection window. */
function aLastMinuteCustomer(night: WallMs): `cus_${string}` {
  const lastMinute = wallOf("2026-11-23T18:59:10.000Z");
  for (let number = 0; number < 100_000; number++) {
    const id = `cus_${number}` as const;
    if (collectAt(billingMs(night), hashOfId(id)) >= lastMinute) return id;
  }
  throw new Error("nobody has the last minute");
}

test("a debit whose second is the window's last is made the next morning, though every tick is a minute late", () => {
  const night = wallOf("2026-11-22T22:30:00.000Z");
  const invoice = anInvoice({ customerId: aLastMinuteCustomer(night) });
  let slice = aRenewal(aPayment(), { invoices: [invoice] });
  let at = night;
  const calls: string[] = [];
  for (let looks = 0; looks < 3 && calls.length === 0; looks++) {
    const run = runDue(slice, at, generousGateway(), seededIds(1_000 * (looks + 2)));
    slice = run.slice;
    calls.push(...run.calls);
    at = wallMs((nextDueAt(slice) ?? 0) + tickLagMs);
  }
  expect(calls).toContain("debit");
});

test("a question asked just before its time is over, and answered just after, keeps the last question", () => {
  const { signBefore } = aPendingPaymentMethod();
  const method = aPendingPaymentMethod({ status: "cancelled_by_user", nextAskAt: signBefore });
  const asked = after(signBefore, -5 * secondMs);
  const slice = aSlice({ paymentMethods: [method], hints: { [method.id]: aHint({ at: asked }) } });
  const means = { now: nowOf(slice.state, asked), ids: seededIds(), own: new Set<never>(), answers: new Map() };

  const step = signatureStep(slice, method, means);
  if (step.kind !== "call" || step.name !== "verifyAgreement") throw new Error(`a ${step.kind} came first`);
  const heard = after(signBefore, secondMs);
  const answer = step.onOutcome(declined(-51), heard);
  if (answer.kind !== "commit") throw new Error(`a ${answer.kind} came of it`);
  expect(nextDueAt(afterEvents(slice, answer.events, heard))).toBe(signBefore);
});
