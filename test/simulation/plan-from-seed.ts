// A plan from a seed: which gateway it is, who wants what and when, and everything that goes wrong.
import type { SettingsPatch } from "../simulator/simulator.ts";
import { variants } from "../simulator/variants.ts";
import type { Death, Fault, Favour, GatewayCall, Happening, Part, Patience, Plan, RefundOrder, Wish } from "./plan.ts";
import { randomOf, type Random } from "./random.ts";
import { sceneOf } from "./scenes.ts";
import { beginning, limitsOf, weighted, wishOf } from "./wishes.ts";

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const firstDay = Date.parse("2026-11-22T00:00:00Z");

/** The history of this number under this seed. Example: `planFromSeed("7", 12)` is named `7/12`. */
export function planFromSeed(seed: string, history: number): Plan {
  const name = `${seed}/${history}`;
  const random = randomOf(`${name} plan`);
  const lastsMs = random.between(92 * dayMs, 93 * dayMs);
  const customers = random.pick([4, 4, 4, 4, 5]);
  const moments = momentsOf(random, lastsMs);
  const wishes = wishesOf(random, customers, moments);
  const scene = sceneOf(randomOf(`${name} scene`), { lastsMs, customer: customers });
  const happenings = [...wishes, ...troublesOf(random, { lastsMs, customers, wishes }), ...scene.parts];
  const parts = happenings.toSorted((a, b) => a.at - b.at).map((happening, id): Part => ({ ...happening, id }));
  const startsAt = firstDay + random.between(0, 400) * dayMs + random.between(0, dayMs);
  return {
    name,
    startsAt,
    lastsMs,
    customers: customers + scene.customers,
    isFollowed: randomOf(`${name} followed`).chance(1 / 128),
    gateway: { ...gatewayOf(random, history), ...scene.gateway },
    parts,
  };
}

type Timed = Happening & { readonly at: number };

/** When something is going on: customers come in bursts, with weeks in between. */
function momentsOf(random: Random, lastsMs: number): readonly number[] {
  const count = random.between(6, 9);
  const later = Array.from({ length: count }, () => random.between(2 * dayMs, lastsMs - 2 * dayMs));
  return [random.between(0, 2 * hourMs), random.between(3 * hourMs, dayMs), ...later];
}

/** Of the customers so many begin with an agreement, and so many subscribe at once; the others come when they like. */
const signing = 2;
const subscribing = 2;

function wishesOf(random: Random, customers: number, moments: readonly number[]): readonly Timed[] {
  const begin = moments[0] ?? 0;
  const wishes: Timed[] = [];
  for (let customer = 0; customer < customers; customer++) {
    const signedAt = begin + random.between(0, 10 * minuteMs);
    const limits = limitsOf(random, true);
    const signs = customer < signing;
    if (signs) wishes.push(commandOf(random, signedAt, customer, { do: "sign", bank: "sign", limits }));
    const subscribedAt = signedAt + random.between(2 * minuteMs, 2 * hourMs);
    if (customer < subscribing)
      wishes.push(commandOf(random, subscribedAt, customer, beginning(random, signs ? 0 : 1)));
  }
  const count = 40 - wishes.length;
  for (let index = 0; index < count; index++) {
    const at = random.pick(moments) + within(random);
    wishes.push(commandOf(random, at, random.between(0, customers - 1), wishOf(random)));
  }
  return wishes;
}

/** At the same instant, within seconds, or within minutes. */
function within(random: Random): number {
  return random.between(0, random.pick([0, 300, 5 * secondMs, minuteMs, 20 * minuteMs]));
}

function commandOf(random: Random, at: number, customer: number, wish: Wish): Timed {
  return { kind: "command", at, customer, wish, patience: patienceOf(random) };
}

function patienceOf(random: Random): Patience {
  return {
    retries: random.pick([0, 1, 1, 1, 2]),
    afterMs: random.pick([secondMs, 5 * secondMs, 30 * secondMs, 61 * secondMs, 10 * minuteMs]),
    twice: random.chance(0.06),
  };
}

interface Scene {
  readonly lastsMs: number;
  readonly customers: number;
  readonly wishes: readonly Timed[];
}

/** What goes wrong. Most of it waits for the first occasion after its time, so most of it is put where somebody acts. */
function troublesOf(random: Random, { lastsMs, customers, wishes }: Scene): readonly Timed[] {
  const anywhere = () => random.between(0, lastsMs);
  const near = () =>
    random.chance(0.7) ? Math.max(0, random.pick(wishes).at + random.between(-2_000, 3_000)) : anywhere();
  const many = (least: number, most: number, make: () => Timed) =>
    Array.from({ length: random.between(least, most) }, make);
  const customer = () => random.between(0, customers - 1);
  return [
    ...many(4, 7, () => ({ kind: "gateway_fault", at: near(), ...gatewayFaultOf(random) })),
    ...many(0, 1, () => ({
      kind: "gateway_outage",
      at: near(),
      forMs: random.chance(0.01) ? 30 * hourMs : random.pick([minuteMs, 10 * minuteMs, hourMs]),
      fault: faultOf(random, "*"),
    })),
    ...many(4, 7, () => ({ kind: "death", at: near(), death: deathOf(random) })),
    ...many(1, 3, () => ({
      kind: "d1_fault",
      at: near(),
      of: random.pick(["read", "write", "commit", "commit"] as const),
      how: random.pick(["lost", "answer_lost", "answer_lost"] as const),
    })),
    ...many(0, 1, () => ({
      kind: "d1_outage",
      at: near(),
      forMs: random.pick([secondMs, 20 * secondMs, 3 * minuteMs]),
    })),
    ...many(1, 3, () => ({
      kind: "queue_fault",
      at: near(),
      how: random.pick(["lost", "duplicate", "duplicate", "late"] as const),
      ms: random.pick([500, 5 * secondMs, minuteMs, 20 * minuteMs]),
    })),
    ...many(1, 2, () => ({ kind: "overlap", at: near() })),
    ...many(0, 2, () => ({
      kind: "stop_collecting",
      at: near(),
      forMs: random.pick([minuteMs, 2 * hourMs, 2 * dayMs, 9 * dayMs]),
    })),
    ...many(0, 2, () => ({
      kind: "balance",
      at: near(),
      customer: customer(),
      rials: random.pick([0, 100_000, 5_000_000, 1_000_000_000]),
    })),
    ...many(0, 1, () => ({ kind: "revoke", at: near(), customer: customer() })),
    ...many(0, 3, () => ({ kind: "refund", at: anywhere(), customer: customer(), order: refundOrderOf(random) })),
    ...many(0, 1, () => ({
      kind: "bank_reversal",
      at: anywhere(),
      customer: customer(),
      noticedAfterMs: random.pick([minuteMs, hourMs, dayMs]),
    })),
    ...many(1, 3, () => ({ kind: "favour", at: anywhere(), customer: customer(), favour: favourOf(random) })),
    ...many(1, 2, () => ({ kind: "decide_exceptions", at: anywhere() })),
    ...many(0, 1, () => ({ kind: "import_payouts", at: anywhere() })),
    ...many(0, 1, () => ({ kind: "look_for_unverified", at: near() })),
  ];
}

const faultyCalls: Readonly<Record<GatewayCall, number>> = {
  "payman/checkout": 4,
  "payment/inquiry": 4,
  "payment/verify": 4,
  "payment/request": 3,
  "payman/verify": 2,
  "payman/request": 1,
  "payman/banksList": 1,
  "payman/cancelContract": 1,
  "payment/unVerified": 1,
  "payment/reverse": 1,
  "payment/feeCalculation": 0,
  "graphql/AddRefund": 1,
  "graphql/Session": 1,
  "*": 4,
};

function refundOrderOf(random: Random): RefundOrder {
  return {
    method: random.pick(["manual", "refund", "refund", "reverse"] as const),
    share: random.pick([1, 1, 0.5, 0.3]),
    times: random.pick([1, 1, 2]),
    twice: random.chance(0.2),
  };
}

function favourOf(random: Random): Favour {
  return random.pick<() => Favour>([
    () => ({ what: "credit", rials: random.pick([5_000, 15_000, 300_000, 4_000_000, 60_000_000]) }),
    () => ({ what: "credit", rials: random.pick([-5_000, -300_000]) }),
    () => ({ what: "credit_note", share: random.pick([1, 0.5, 0.1]) }),
    () => ({ what: "extend", days: random.pick([1, 5, 40]) }),
    () => ({ what: "comp", periods: random.pick([0, 1, 1, 2]) }),
  ])();
}

function gatewayFaultOf(random: Random): { call: GatewayCall; times: number; fault: Fault } {
  if (random.chance(0.02)) return contradictionOf(random);
  const call = random.pick(weighted(faultyCalls));
  return { call, times: random.pick([1, 1, 1, 2]), fault: faultOf(random, call) };
}

/** A gateway that contradicts itself: what comes of it, only an operator can decide. */
function contradictionOf(random: Random): { call: GatewayCall; times: number; fault: Fault } {
  return random.pick<() => { call: GatewayCall; times: number; fault: Fault }>([
    () => ({ call: "payment/verify", times: 1, fault: { kind: "duplicate_ref_id" } }),
    () => ({ call: "payment/verify", times: 1, fault: { kind: "contradict", ms: 2 * dayMs } }),
    () => ({ call: "payment/verify", times: 1, fault: { kind: "decline", code: random.pick([-50, -53]) } }),
  ])();
}

/** The latest come when we have stopped waiting, and are found by the watch. */
const lateMs = [200, 3 * secondMs, 20 * secondMs, 45 * secondMs, 10 * minuteMs, 2 * hourMs, 30 * hourMs] as const;

function faultOf(random: Random, call: GatewayCall): Fault {
  const effect = random.pick(["before", "after"] as const);
  const delayMs = random.pick([500, 5 * secondMs, 29 * secondMs, 31 * secondMs, 45 * secondMs]);
  return random.pick<() => Fault>([
    () => ({ kind: "drop_before" }),
    () => ({ kind: "drop_after" }),
    () => ({ kind: "drop_after" }),
    () => ({ kind: "late", ms: random.pick(lateMs) }),
    () => ({ kind: "delay", ms: delayMs, effect }),
    () => ({ kind: "http_500", effect }),
    () => ({ kind: "html", effect, status: random.pick([200, 403, 502]) }),
    () => ({ kind: "truncated", effect }),
    () => ({ kind: "oversized", bytes: 70_000 }),
    () => refusalOf(random, call),
  ])();
}

/** Refusals that a gateway which does not contradict itself may give. */
function refusalOf(random: Random, call: GatewayCall): Fault {
  if (call === "payman/checkout" && random.chance(0.7)) return { kind: "decline" };
  return random.chance(0.5) ? { kind: "backoff" } : { kind: "decline", code: -11 };
}

const fatalNames = [
  "commit",
  "commit",
  "commit",
  "payman/checkout",
  "payment/inquiry",
  "payment/verify",
  "payment/request",
  "payman/verify",
  "due.send",
  "write",
  "open",
] as const;

function deathOf(random: Random): Death {
  const how = random.pick(["before", "after", "after", "late", "answer_lost", "stall"] as const);
  return {
    of: random.pick(["request", "cron", "queue", "queue", "any"] as const),
    at: random.chance(0.5) ? { nth: random.between(1, random.pick([4, 15, 40])) } : { name: random.pick(fatalNames) },
    how,
    ms: how === "stall" ? random.pick([secondMs, 15 * secondMs, 25 * secondMs, 70 * secondMs]) : random.pick(lateMs),
  };
}

/** A gateway that nobody outside has seen: each of its open behaviours at random, the eighteen variants in turn. */
function gatewayOf(random: Random, history: number): SettingsPatch {
  const axes = variants[history % variants.length]?.settings;
  return {
    ...axes,
    inquiryAfterDecline: random.chance(0.15) ? "IN_BANK" : "FAILED",
    inquiryAfterCancel: random.pick(["FAILED", "IN_BANK"] as const),
    checkoutReference: random.pick(["refrence_id", "reference_id", "ref_id", "missing"] as const),
    errorHttpStatus: random.pick(["documented", "200", "400", "401", "422", "random"] as const),
    emptyData: random.pick(["[]", "{}", "random"] as const),
    errorShape: random.pick(["object", "list"] as const),
    autoVerify: random.pick(["heeded", "heeded", "ignored"] as const),
    panelVerification: random.pick(["manual", "automatic"] as const),
    verifyWindowMs: random.pick([10 * minuteMs, 15 * minuteMs, 30 * minuteMs, 3 * dayMs]),
    unverifiedMoney: random.pick(["returned", "returned", "never_returned"] as const),
    authorityLifeMs: random.pick([null, null, 20 * minuteMs, dayMs]),
    minAmountRials: random.pick([1_000, 10_000]),
    endedPage: random.pick(["ended", "usable_again"] as const),
    callback: random.pick(["normal", "normal", "duplicate", "missing", "forged_ok", "wrong_case"] as const),
    callbackQuery: random.pick(["kept", "dropped"] as const),
    verifyAgreementTwice: random.pick(["same", "same", "error"] as const),
    cancelTwice: random.pick(["same", "error"] as const),
    signatureLength: random.pick([416, 200] as const),
    monthBoundary: random.pick(["gregorian", "jalali"] as const),
    expireAtZone: random.pick(["tehran", "utc"] as const),
  };
}
