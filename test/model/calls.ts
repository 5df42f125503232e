// What may become of each call: everything the gateway can do with it, and what is heard of that.
import type { PaymentId } from "../../contract/common/id.ts";
import { hourMs, wallMs, type WallMs } from "../../server/billing/clock.ts";
import type { Outcome } from "../../server/billing/outcome.ts";
import { callTimeoutMs } from "../../server/billing/intent.ts";
import type { Slice } from "../../server/billing/state.ts";
import type { Call, Step } from "../../server/billing/step.ts";
import { cost, free, type Cost } from "./cost.ts";
import * as gateways from "./gateway.ts";
import type { Effect, Gateway } from "./gateway.ts";
import type { Variant } from "./variants.ts";
import { toldOutcome } from "./words.ts";

/**
 * How the gateway is when nothing goes wrong. `banks`: they pay and FAILED is said, or they refuse and say IN_BANK, or
 * −54. `untouched`: which of its answers it gives about an authority that nobody touched.
 */
export interface Mood {
  readonly banks: number;
  readonly untouched: number;
  /** Whether either made a difference to what was asked since these were last taken back. */
  banksMattered: boolean;
  untouchedMattered: boolean;
}

/** One thing that may become of a call. */
export interface Fate {
  readonly label: string;
  readonly outcome: Outcome<unknown>;
  readonly gateway: Gateway;
  readonly spends: Cost;
  readonly violation: string | null;
}

export interface Surroundings {
  readonly now: WallMs;
  readonly slice: Slice;
  readonly gateway: Gateway;
  readonly variant: Variant;
}

const { nothingHeard } = gateways;

/** Everything that may become of a call; in calm, the first, or what the mood makes of it. */
export function fatesOf(call: Call, at: Surroundings, mood?: Mood): readonly Fate[] {
  const fates = allFates(call, at);
  if (mood === undefined) return fates;
  const isMoody = call.name === "debit" || call.name === "inquire";
  const calm = isMoody ? fates.filter(isCalm) : fates.slice(0, 1);
  const isOfUntouched = call.name === "inquire" && authorityOf(call.input.authority, at).status === "NEW";
  if (calm.length > 1 && isOfUntouched) mood.untouchedMattered = true;
  if (calm.length > 1 && !isOfUntouched) mood.banksMattered = true;
  const chosen = calm[Math.min(isOfUntouched ? mood.untouched : mood.banks, calm.length - 1)];
  return chosen ? [chosen] : [];
}

function authorityOf(name: string, { gateway }: Surroundings) {
  return gateways.authorityAt(gateway, gateways.indexOfAuthority(name));
}

function allFates(call: Call, at: Surroundings): readonly Fate[] {
  switch (call.name) {
    case "requestPayment":
      return requestFates(at);
    case "inquire":
      return inquiryFates(call.input.authority, at);
    case "debit":
      return debitFates(call.input, at);
    case "verifyPayment":
      return verifyFates(call.input.authority, at);
    default:
      return captureFates(call, at);
  }
}

/** Who makes a money call, and until when; null for a call that moves none. */
export function intentOf(call: Call): { readonly paymentId: PaymentId; readonly sendBefore: WallMs } | null {
  const { input } = call;
  return "sendBefore" in input && "paymentId" in input ? input : null;
}

/** Calls that move no money and whose answer only the rules hear. */
export function isHarmless(call: Call): boolean {
  return call.name === "requestPayment" || call.name === "inquire";
}

/** The compiler cannot follow a call and its own answer through a table; the model never mixes them. */
export function hear(call: Call, outcome: Outcome<unknown>, at: WallMs): Step {
  return call.onOutcome(outcome as Outcome<never>, at);
}

const debitTaken = gateways.settled({ referenceId: null });
const debitRefused = gateways.declined(-99);
const aboutTerminal = gateways.declined(-11);

function fate(label: string, outcome: Outcome<unknown>, gateway: Gateway, more: Partial<Fate> = {}): Fate {
  return { label, outcome, gateway, spends: free, violation: null, ...more };
}

function isCalm({ label }: Fate): boolean {
  return !label.includes("lost") && !label.includes("too late") && !label.includes("hears nothing");
}

function requestFates({ gateway }: Surroundings): readonly Fate[] {
  const index = gateway.authorities.length;
  const answer = gateways.settled({ authority: gateways.nameOfAuthority(index) });
  return [
    fate(`is given authority ${index + 1}`, answer, gateway),
    fate("is given no authority", nothingHeard, gateway, { spends: cost.failedRequests }),
  ];
}

function inquiryFates(name: string, { gateway, variant }: Surroundings): readonly Fate[] {
  const index = gateways.indexOfAuthority(name);
  const answers = gateways.inquiries(gateways.authorityAt(gateway, index), variant);
  const heard = answers.map((it) => fate(`asks about authority ${index + 1}: ${toldOutcome(it)}`, it, gateway));
  return [...heard, fate(`asks about authority ${index + 1} and hears nothing`, nothingHeard, gateway)];
}

function debitFates(input: Extract<Call, { name: "debit" }>["input"], at: Surroundings): readonly Fate[] {
  const { paymentId, authority, sendBefore } = input;
  const { now, gateway, variant } = at;
  const late = fate("is too late for its money call", gateways.notSent, gateway);
  if (now >= sendBefore) return [late];
  const index = gateways.indexOfAuthority(authority);
  const known = gateways.withAuthority(gateway, index, { paymentId, kind: "debit" });
  const isRepeated = gateways.authorityAt(known, index).checkouts > 0;
  const violation = isRepeated ? `authority ${index + 1} is checked out twice` : null;
  const sent = gateways.checkoutSent(known, index);
  const settlesAfter = at.slice.state.payments[paymentId]?.settlesAfter ?? now;
  const underWay = (before: number) => withEffect(sent, { authority: index, what: "debit", before: wallMs(before) });
  const taken = gateways.debited(sent, index, variant, { pay: true, now });
  const refused = gateways.debited(sent, index, variant, { pay: false, now });
  const does = (what: string, outcome: Outcome<unknown>, then: Gateway, spends = free) =>
    fate(`checks authority ${index + 1} out: ${what}`, outcome, then, { violation, spends });
  return [
    does("the money is taken", debitTaken, taken),
    does("the bank refuses", debitRefused, refused),
    does("refused without a try", aboutTerminal, sent),
    does("the money is taken, the answer is lost", nothingHeard, taken),
    does("the bank refuses, the answer is lost", nothingHeard, refused),
    does("it is lost", nothingHeard, sent),
    late,
    does("the answer is lost, its effect on the way", nothingHeard, underWay(settlesAfter)),
    does("the answer is lost, its effect late", nothingHeard, underWay(settlesAfter + lateMs), cost.lateEffects),
  ];
}

/** FAILED counts when heard again an hour later, and an answer may be heard as late as a call may take. */
const lateMs = hourMs - callTimeoutMs;

function verifyFates(name: string, { gateway }: Surroundings): readonly Fate[] {
  const index = gateways.indexOfAuthority(name);
  const answer = gateways.verification(gateway, index);
  const then = gateways.captured(gateway, index);
  const does = (what: string, outcome: Outcome<unknown>, after: Gateway) =>
    fate(`verifies authority ${index + 1}: ${what}`, outcome, after);
  return [
    does(toldOutcome(answer), answer, then),
    does("refused for our terminal", aboutTerminal, gateway),
    does("the answer is lost", nothingHeard, then),
    does("it is lost", nothingHeard, gateway),
  ];
}

/** A verify that takes money has its intent first, and an effect that may come late. */
function captureFates(call: Call, at: Surroundings): readonly Fate[] {
  const intent = intentOf(call);
  const { input } = call;
  if (!intent || !("authority" in input)) throw new Error(`The model does not know the call ${call.name}`);
  const { gateway, now, slice } = at;
  const late = fate("is too late to take the money", gateways.notSent, gateway);
  if (now >= intent.sendBefore) return [late];
  const index = gateways.indexOfAuthority(input.authority);
  const before = slice.state.payments[intent.paymentId]?.settlesAfter ?? now;
  const later = withEffect(gateway, { authority: index, what: "capture", before });
  const label = `verifies authority ${index + 1}: the answer is lost, its effect on the way`;
  return [...verifyFates(input.authority, at), late, fate(label, nothingHeard, later)];
}

function withEffect(gateway: Gateway, effect: Effect): Gateway {
  return gateways.withEffect(gateway, effect);
}
