// A history of the simulation, shorter and hotter: what befalls many in three months befalls two in six weeks, with more
// of what the guards are there for. A guard that is gone shows sooner, and each history costs a fraction.
import type { Happening, Part, Plan, Wish } from "../simulation/plan.ts";
import { planFromSeed } from "../simulation/plan-from-seed.ts";
import { randomOf, type Random } from "../simulation/random.ts";

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Long enough for a renewal, its first retry, and a page that is paid when its watch is over. */
const lastsMs = 44 * dayMs;
const customers = 2;
/** And one who has a single page, and pays on it when nobody looks at it any more. */
const latecomer = customers;
/** And one whose renewal is paid on a page while nobody knows what became of its debit. */
const undecided = latecomer + 1;
/** In each fourth history so many others come, all at once, when the gateway does not answer. */
const crowd = 6;

const variantCount = 18;
const stride = 7;

type Timed = Happening & { readonly at: number };

/** Renewals that begin meanwhile are not sent, and make room for a page. */
const stopped: Timed = { kind: "stop_collecting", at: 27 * dayMs, forMs: 8 * dayMs };

export function hotPlan(seed: string, history: number): Plan {
  const whole = planFromSeed(seed, mixed(history));
  const random = randomOf(`${whole.name} heat`);
  const squeezed = whole.parts
    .filter((part) => isWorthIt(part, whole.lastsMs))
    .map((part) => squeeze(part, lastsMs / whole.lastsMs));
  const isCrowded = history % 4 === 3;
  const happenings: readonly Timed[] = [
    ...squeezed,
    ...heatOf(random),
    ...latecomersStory(random),
    ...undecidedStory(random),
    ...(isCrowded ? crowdStory(random) : []),
    ...messageStory(randomOf(`${whole.name} messages`)),
  ];
  const parts = happenings.toSorted((a, b) => a.at - b.at).map((happening, id): Part => ({ ...happening, id }));
  const isKept = random.chance(0.7);
  const patient = {
    authorityLifeMs: null,
    endedPage: "usable_again",
    verifyWindowMs: 3 * dayMs,
    unverifiedMoney: "never_returned",
  } as const;
  const gateway = { ...whole.gateway, ...(isKept && patient) };
  return {
    ...whole,
    name: `${whole.name} hot`,
    lastsMs,
    customers: undecided + 1 + (isCrowded ? crowd : 0),
    isFollowed: history % 4 === 1,
    gateway,
    parts,
  };
}

/** The gateway's eighteen variants in another order: of what inquiry says of an untouched authority, each is soon met. */
function mixed(history: number): number {
  return Math.floor(history / variantCount) * variantCount + ((history * stride) % variantCount);
}

/** All that goes wrong, and of what is wanted, after everybody's beginning, the half; but for payers who come after the end. */
function isWorthIt(part: Part, endsMs: number): boolean {
  if (part.kind === "command" && part.at > endsMs - 12 * dayMs) return false;
  return part.kind !== "command" || part.at < dayMs || (part.id % 2 === 0 && part.wish.do !== "list_banks");
}

function squeeze(part: Part, factor: number): Timed {
  const at = Math.floor(part.at * factor);
  return "customer" in part ? { ...part, at, customer: part.customer % customers } : { ...part, at };
}

function heatOf(random: Random): readonly Timed[] {
  const many = (count: number, make: () => readonly Timed[]) => Array.from({ length: count }, make).flat();
  const anywhere = () => random.between(0, lastsMs - dayMs);
  return [
    ...many(4, () => pageStory(random)),
    ...many(3, () => debitStory(random)),
    ...[0, 1].flatMap((customer) => [32, 37].flatMap((day) => overdueStory(random, customer, day))),
    ...[0, 1].flatMap((customer) => lastStory(customer)),
    ...(random.chance(0.35) ? [stopped] : []),
    ...many(2, () => refundStory(random)),
    ...many(6, () => trouble(random, anywhere())),
  ];
}

/** More is wanted at once than there is, more is used than was asked for, and what was set aside is forgotten. */
function messageStory(random: Random): readonly Timed[] {
  const ways = ["at_once", "more", "never", "late", "at_once", "more"] as const;
  return ways.map((how) => ({
    kind: "command",
    at: random.between(2 * dayMs, 24 * dayMs),
    customer: random.between(0, customers - 1),
    wish: { do: "use_messages", share: random.pick([0.5, 0.9]), how },
    patience: { retries: 1, afterMs: 5 * secondMs, twice: false },
  }));
}

const patience = { retries: 1, afterMs: 5 * secondMs, twice: true } as const;

/** Pages that are opened, lied about, paid beside each other or by debit, and paid again when nobody looks any more. */
function pageStory(random: Random): readonly Timed[] {
  const customer = random.between(0, customers - 1);
  const at = random.between(hourMs, lastsMs - 14 * dayMs);
  const payer = (afterMs: number) => ({ action: "pay", afterMs }) as const;
  const command = (after: number, wish: Wish): Timed => ({
    kind: "command",
    at: at + after,
    customer,
    wish,
    patience,
  });
  const what = random.pick(["invoice", "one_time"] as const);
  return [
    // The page is there, nobody has paid it yet: the next commit says that its money is about to be taken.
    stall(random, at + 16 * secondMs, "commit"),
    command(0, {
      do: "check_out",
      what,
      payer: payer(random.pick([20 * secondMs, 29 * minuteMs, 40 * minuteMs, 9 * dayMs])),
    }),
    command(random.between(3, 15) * secondMs, { do: "forge", about: "own", says: "OK", times: 2 }),
    command(random.pick([25, 31, 33]) * minuteMs, { do: "pay", on: "payment_method", payer: payer(0) }),
    command(random.pick([10, 45]) * minuteMs, { do: "pay_old_page", payer: payer(minuteMs) }),
    command(random.between(9, 13) * dayMs, { do: "pay_old_page", payer: payer(minuteMs) }),
  ];
}

/**
 * A renewal that cannot be debited is paid on a page that had closed, after another page of it was paid, or while a debit
 * of it is under way of which nothing was heard.
 */
function overdueStory(random: Random, customer: number, day: number): readonly Timed[] {
  const at = day * dayMs + random.between(0, 2 * dayMs);
  const command = (after: number, wish: Wish): Timed => ({
    kind: "command",
    at: at + after,
    customer,
    wish,
    patience: { ...patience, twice: false },
  });
  const left = { action: "leave", afterMs: secondMs } as const;
  const pays = { action: "pay", afterMs: 20 * secondMs } as const;
  const page = (after: number, payer: typeof left | typeof pays) =>
    command(after, { do: "check_out", what: "invoice", payer });
  const late = (after: number, back: number) => command(after, { do: "pay_old_page", payer: pays, back });
  const unheard = {
    kind: "gateway_fault",
    call: "payman/checkout",
    times: 1,
    fault: { kind: random.pick(["drop_before", "drop_after"] as const) },
  } as const;
  const poor: Timed = { kind: "balance", at: 26 * dayMs, customer, rials: 0 };
  const rich: Timed = { ...poor, at: at + 29 * minuteMs, rials: 1_000_000_000 };
  const silent = { kind: "gateway_fault", call: "payment/inquiry", times: 6, fault: { kind: "drop_before" } } as const;
  const debit = (after: number) => command(after, { do: "pay", on: "payment_method", payer: pays });
  const ways: readonly (readonly Timed[])[] = [
    [page(33 * minuteMs, pays), late(50 * minuteMs, 1)],
    [page(33 * minuteMs, left), late(40 * minuteMs, 1)],
    [rich, { ...unheard, at: at + 32 * minuteMs }, debit(33 * minuteMs), late(33 * minuteMs + 5 * secondMs, 0)],
    [rich, { ...unheard, at: at + 32 * minuteMs }, debit(33 * minuteMs), page(33 * minuteMs + 10 * secondMs, pays)],
    [rich, { ...silent, at: at + 29 * minuteMs }, debit(31 * minuteMs), debit(32 * minuteMs)],
  ];
  const besideItsPage = [{ ...rich, at }, debit(2 * minuteMs), late(4 * minuteMs, 0)];
  return [
    poor,
    page(0, left),
    ...(random.chance(0.4) ? besideItsPage : random.pick(ways)),
    { ...poor, at: at + 3 * hourMs },
  ];
}

/** The gateway, or the browser that comes back, says that money came for a page of which the watch is over. */
function latecomersStory(random: Random): readonly Timed[] {
  const at = random.between(dayMs, 20 * dayMs);
  const command = (when: number, wish: Wish): Timed => ({
    kind: "command",
    at: when,
    customer: latecomer,
    wish,
    patience: { ...patience, twice: false },
  });
  const pays = { action: "pay", afterMs: minuteMs } as const;
  return [
    command(at, { do: "check_out", what: "one_time", payer: { action: "leave", afterMs: secondMs } }),
    command(at + random.between(8, 20) * dayMs, { do: "pay_old_page", payer: pays, back: 0 }),
  ];
}

/** The page of a renewal had closed when its debit went, of which nothing is heard: then the page is paid. */
function undecidedStory(random: Random): readonly Timed[] {
  const beginsAt = random.between(0, 6 * hourMs);
  const command = (at: number, wish: Wish): Timed => ({
    kind: "command",
    at,
    customer: undecided,
    wish,
    patience: { ...patience, twice: false },
  });
  const limits = { maxAmountRials: 20_000_000, maxDailyCount: 50, maxMonthlyCount: 200, days: 365 };
  const pays = { action: "pay", afterMs: 10 * secondMs } as const;
  const leaves = { action: "leave", afterMs: secondMs } as const;
  const balance = (at: number, rials: number): Timed => ({ kind: "balance", at, customer: undecided, rials });
  const at = 33 * dayMs + 6 * hourMs;
  const unheard = { kind: random.pick(["drop_before", "drop_after"] as const) };
  return [
    command(beginsAt, { do: "sign", bank: "sign", limits }),
    command(beginsAt + hourMs, { do: "subscribe", price: 1, on: "payment_method", payer: pays }),
    balance(20 * dayMs, 0),
    command(at, { do: "check_out", what: "invoice", payer: leaves }),
    balance(at + 32 * minuteMs, 1_000_000_000),
    { kind: "gateway_fault", at: at + 33 * minuteMs, call: "payman/checkout", times: 1, fault: unheard },
    command(at + 34 * minuteMs, { do: "pay", on: "payment_method", payer: pays }),
    command(at + 34 * minuteMs + 5 * secondMs, { do: "pay_old_page", payer: pays, back: 0 }),
  ];
}

/** A scan that has claimed its customers and dies before it tells the queue. */
const neverSent = { of: "cron", at: { name: "due.sendBatch" }, how: "before", ms: 0 } as const;

/** Somebody asks for a page while a run that knows nothing of it is held up before it writes when it is next. */
function lastStory(customer: number): readonly Timed[] {
  const at = lastsMs - 3 * hourMs - customer * hourMs;
  const payer = { action: "leave", afterMs: secondMs } as const;
  const command = (after: number, wish: Wish): Timed => ({
    kind: "command",
    at: at + after,
    customer,
    wish,
    patience: { ...patience, twice: false },
  });
  const held = { of: "queue", at: { name: "write" }, how: "stall", ms: 25 * secondMs } as const;
  return [
    { kind: "death", at: at - secondMs, death: held },
    { kind: "death", at: at + 2 * minuteMs, death: neverSent },
    command(0, { do: "forge", about: "own", says: "OK", times: 1 }),
    command(4 * secondMs, { do: "check_out", what: "one_time", payer }),
  ];
}

/** Five debits in a row of which nothing is heard, and more that want to go. */
function crowdStory(random: Random): readonly Timed[] {
  const at = random.between(4, 20) * dayMs + 9 * hourMs;
  const limits = { maxAmountRials: 20_000_000, maxDailyCount: 50, maxMonthlyCount: 200, days: 365 };
  const payer = { action: "pay", afterMs: minuteMs } as const;
  const command = (customer: number, when: number, wish: Wish): Timed => ({
    kind: "command",
    at: when,
    customer,
    wish,
    patience: { ...patience, twice: false },
  });
  const subscribe = (price: number) => ({ do: "subscribe", price, on: "payment_method", payer }) as const;
  const each = Array.from({ length: crowd }, (_, index): readonly Timed[] => [
    command(undecided + 1 + index, at, { do: "sign", bank: "sign", limits }),
    command(undecided + 1 + index, at + hourMs + index * 3 * secondMs, subscribe(0)),
    command(undecided + 1 + index, at + hourMs + (crowd + index) * 3 * secondMs, subscribe(1)),
  ]);
  // Somebody signs another agreement while their debit is under way: whoever made it loses the race for what it came to.
  const slow = { kind: "delay", ms: 5 * secondMs, effect: "before" } as const;
  const raced: readonly Timed[] = [
    { kind: "gateway_fault", at: at + hourMs / 2 - secondMs, call: "payman/checkout", times: 1, fault: slow },
    command(undecided + 1, at + hourMs / 2, subscribe(2)),
    ...[2, 3, 4].map((after) =>
      command(undecided + 1, at + hourMs / 2 + after * secondMs, { do: "sign", bank: "leave", limits }),
    ),
  ];
  const fault = { kind: "drop_before" } as const;
  const silent = { kind: "gateway_fault", call: "payman/checkout", times: 2 * crowd, fault } as const;
  return [...each.flat(), ...raced, { ...silent, at: at + hourMs - secondMs }];
}

/** Two products at the same moment, by debit, while the commit that says so loses its answer or is held up. */
function debitStory(random: Random): readonly Timed[] {
  const customer = random.between(0, customers - 1);
  const at = random.between(hourMs, lastsMs - 2 * dayMs);
  const payer = { action: "pay", afterMs: minuteMs } as const;
  const subscribe = (after: number, price: number): Timed => ({
    kind: "command",
    at: at + after,
    customer,
    wish: { do: "subscribe", price, on: "payment_method", payer },
    patience,
  });
  const slow = { kind: "delay", ms: 5 * secondMs, effect: "before" } as const;
  const answerLost = { of: "queue", at: { name: "commit" }, how: "answer_lost", ms: 0 } as const;
  const trouble = random.pick<Timed>([
    { kind: "gateway_fault", at, call: "payman/checkout", times: 1, fault: slow },
    { kind: "death", at, death: answerLost },
    { kind: "death", at, death: answerLost },
  ]);
  const [first, second] = random.pick([
    [0, 1],
    [1, 2],
    [2, 0],
  ] as const);
  return [trouble, subscribe(0, first), subscribe(random.between(300, 4_000), second)];
}

function refundStory(random: Random): readonly Timed[] {
  const customer = random.between(0, customers - 1);
  const at = random.between(2 * dayMs, lastsMs - 2 * dayMs);
  const share = random.pick([1, 0.6]);
  const order = {
    method: random.pick(["refund", "refund", "reverse", "manual"] as const),
    share,
    times: 2,
    twice: true,
  };
  const lost = { kind: "gateway_fault", call: "graphql/AddRefund", times: 1, fault: { kind: "drop_after" } } as const;
  return [
    { ...lost, at: at - secondMs },
    { kind: "refund", at, customer, order },
  ];
}

function trouble(random: Random, at: number): readonly Timed[] {
  return random.pick<() => readonly Timed[]>([
    () => [stall(random, at, "open")],
    () => [stall(random, at, "open")],
    () => [stall(random, at, "commit")],
    () => [
      {
        kind: "gateway_fault",
        at,
        call: "payman/checkout",
        times: 2,
        fault: { kind: random.pick(["drop_before", "drop_after"] as const) },
      },
    ],
    () => [{ kind: "gateway_fault", at, call: "payment/verify", times: 1, fault: { kind: "drop_after" } }],
    () => [{ kind: "d1_fault", at, of: "commit", how: "answer_lost" }],
    () => [{ kind: "queue_fault", at, how: "lost", ms: 0 }],
    () => [{ kind: "death", at, death: neverSent }],
  ])();
}

function stall(random: Random, at: number, name: string): Timed {
  return {
    kind: "death",
    at,
    death: { of: "queue", at: { name }, how: "stall", ms: random.pick([25, 70]) * secondMs },
  };
}
