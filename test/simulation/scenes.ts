// What seldom comes about by chance: a few moves that bring a payment where the machine's rarest pairs are. Each is a few
// parts more in some histories, and asks the gateway to be one of those that it may be.
import type { SettingsPatch } from "../simulator/simulator.ts";
import type { Happening, Wish } from "./plan.ts";
import type { Random } from "./random.ts";

export interface Scene {
  /** Who comes for it. */
  readonly customers: number;
  readonly parts: readonly (Happening & { readonly at: number })[];
  readonly gateway: SettingsPatch;
}

interface Stage {
  readonly random: Random;
  readonly customer: number;
  /** When it begins. */
  readonly at: number;
}

type Play = (stage: Stage) => Omit<Scene, "customers">;
type Timed = Scene["parts"][number];

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const scenes = [missedWindow, lateDebit, lateRenewal, slowRefusal, leftSurplus, reversedAfterRefund] as const;
/** The longest scene ends so long after its beginning. */
const longestMs = 50 * dayMs;

/** One history in seven has a scene, with a customer of its own; the others have none. */
export function sceneOf(random: Random, { lastsMs, customer }: { lastsMs: number; customer: number }): Scene {
  if (!random.chance(0.15)) return { customers: 0, parts: [], gateway: {} };
  const at = random.between(hourMs, lastsMs - longestMs);
  return { customers: 1, ...random.pick<Play>(scenes)({ random, customer, at }) };
}

function commands({ customer, at }: Stage) {
  const patience = { retries: 1, afterMs: 5 * secondMs, twice: false };
  return (after: number, wish: Wish): Timed => ({ kind: "command", at: at + after, customer, wish, patience });
}

const pays = { action: "pay", afterMs: 20 * secondMs } as const;
const limits = { maxAmountRials: 20_000_000, maxDailyCount: 50, maxMonthlyCount: 200, days: 365 };

/** A page is paid, and every capture is lost for as long as the gateway would have waited for one: the money goes back. */
function missedWindow(stage: Stage): ReturnType<Play> {
  const { random, at } = stage;
  const lost = { kind: "gateway_fault", call: "payment/verify", times: 40, fault: { kind: "drop_before" } } as const;
  // The page is not even known any more, for two days.
  const denied: Timed = {
    kind: "gateway_fault",
    at: at + 35 * minuteMs,
    call: "payment/inquiry",
    times: 60,
    fault: { kind: "decline", code: -54 },
  };
  const isDenied = random.chance(0.5);
  return {
    parts: [
      { ...lost, at },
      commands(stage)(minuteMs, { do: "check_out", what: "one_time", payer: pays }),
      ...(isDenied ? [denied] : []),
    ],
    gateway: {
      // Who captures unasked, and then denies it, does not give it back.
      autoVerify: "heeded",
      unverifiedMoney: "returned",
      verifyWindowMs: (isDenied ? 30 : 10) * minuteMs,
      panelVerification: "manual",
      authorityLifeMs: null,
    },
  };
}

/** Gateways that do not call an untouched debit FAILED: of those it is not known for a day that nothing was taken. */
const undecided = ["IN_BANK", "-54"] as const;

/** A first debit takes effect when it has been given up. */
function lateDebit(stage: Stage): ReturnType<Play> {
  const command = commands(stage);
  return {
    parts: [
      command(0, { do: "sign", bank: "sign", limits }),
      lateEffect(stage.at + 9 * minuteMs),
      command(10 * minuteMs, { do: "subscribe", price: 0, on: "payment_method", payer: pays }),
    ],
    gateway: { inquiryOfUntouched: stage.random.pick(undecided), authorityLifeMs: null },
  };
}

function lateEffect(at: number): Timed {
  return { kind: "gateway_fault", at, call: "payman/checkout", times: 1, fault: { kind: "late", ms: 30 * hourMs } };
}

/** A subscription whose renewal cannot be debited at first. */
function overdue({ at, customer }: Stage, command: ReturnType<typeof commands>): readonly Timed[] {
  return [
    command(0, { do: "sign", bank: "sign", limits }),
    command(10 * minuteMs, { do: "subscribe", price: 0, on: "payment_method", payer: pays }),
    { kind: "balance", at: at + 25 * dayMs, customer, rials: 0 },
  ];
}

/** A renewal's debit takes effect when it has been given up, and somebody has paid on a page instead. */
function lateRenewal(stage: Stage): ReturnType<Play> {
  const { at, customer, random } = stage;
  const command = commands(stage);
  const richAt = 32 * dayMs + random.between(0, 4 * hourMs);
  return {
    parts: [
      ...overdue(stage, command),
      { kind: "balance", at: at + richAt, customer, rials: 1_000_000_000 },
      lateEffect(at + richAt),
      command(richAt + minuteMs, { do: "pay", on: "payment_method", payer: pays }),
      command(richAt + 25 * hourMs + random.between(0, 3 * hourMs), { do: "pay", on: "page", payer: pays }),
    ],
    gateway: { inquiryOfUntouched: random.pick(undecided), authorityLifeMs: null },
  };
}

/** Whoever heard that a debit was refused is held up, and another run asks what became of it in the meantime. */
function slowRefusal(stage: Stage): ReturnType<Play> {
  const { at, customer } = stage;
  const command = commands(stage);
  const heldUp = { of: "queue", at: { name: "payment/inquiry" }, how: "stall", ms: 150 * secondMs } as const;
  return {
    parts: [
      command(0, { do: "sign", bank: "sign", limits }),
      { kind: "balance", at: at + 9 * minuteMs, customer, rials: 0 },
      { kind: "death", at: at + 10 * minuteMs, death: heldUp },
      command(10 * minuteMs, { do: "subscribe", price: 0, on: "payment_method", payer: pays }),
      { kind: "balance", at: at + 2 * hourMs, customer, rials: 1_000_000_000 },
    ],
    gateway: { inquiryAfterDecline: "IN_BANK" },
  };
}

/** An invoice is paid on two pages; what was paid too much stays, and cannot be taken when its time has come. */
function leftSurplus(stage: Stage): ReturnType<Play> {
  const { at } = stage;
  const command = commands(stage);
  const twice = { kind: "duplicate_ref_id" } as const;
  const decide = (day: number): Timed => ({ kind: "decide_exceptions", at: at + day * dayMs });
  return {
    parts: [
      ...overdue(stage, command),
      command(32 * dayMs, { do: "pay_two_pages" }),
      { kind: "gateway_fault", at: at + 39 * dayMs, call: "payment/verify", times: 1, fault: twice },
      decide(43),
      decide(44),
      decide(45),
    ],
    gateway: {
      unverifiedMoney: "never_returned",
      endedPage: "usable_again",
      verifyWindowMs: 3 * dayMs,
      panelVerification: "manual",
      authorityLifeMs: null,
    },
  };
}

/** All of a payment has been paid out by hand when the bank takes it back, too. */
function reversedAfterRefund(stage: Stage): ReturnType<Play> {
  const { at, customer } = stage;
  const command = commands(stage);
  const order = { method: "manual", share: 1, times: 1, twice: false } as const;
  return {
    parts: [
      command(0, { do: "sign", bank: "sign", limits }),
      command(10 * minuteMs, { do: "subscribe", price: 0, on: "payment_method", payer: pays }),
      { kind: "refund", at: at + dayMs, customer, order },
      { kind: "bank_reversal", at: at + 3 * dayMs, customer, noticedAfterMs: hourMs },
    ],
    gateway: {},
  };
}
