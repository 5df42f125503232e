// What events count for in the figures of the business: movements of revenue, recovery, collection by hour and bank.
import { describe, expect, it, test } from "vitest";
import * as fc from "fast-check";
import type { PriceId } from "../../contract/common/id.ts";
import { SubscriptionStatus, type AddOn } from "../../contract/subscription.ts";
import { Bank } from "../../contract/common/bank.ts";
import { bankOf, bankOfCard, withBank } from "../../server/billing/bank.ts";
import { decideCancelSubscription } from "../../server/billing/cancel-subscription.ts";
import { wallOf } from "../../server/billing/clock.ts";
import { event } from "../../server/billing/event.ts";
import { measureAll } from "../../server/billing/measure-all.ts";
import { measuredTypes, type ToMeasure } from "../../server/billing/metrics.ts";
import { rials } from "../../server/billing/money.ts";
import { counts, monthlyByProduct, movementOf, movements } from "../../server/billing/mrr.ts";
import { figuresOfMovements, type Figure } from "../../server/billing/figures.ts";
import { movesOf } from "../../server/billing/revenue-moves.ts";
import { decideSubscribe } from "../../server/billing/subscribe.ts";
import { decidePause, decideResume } from "../../server/billing/pause.ts";
import { anOffer, aSubscribeInput, customerId, idOf, wall } from "../support/billing-builders.ts";
import { figuresOf, partnerId } from "../support/figures.ts";
import { changing, subscribedLife, type Life } from "../support/life.ts";

const today = "2026-11-22";
const month = 2_990_000;

describe("monthly revenue of terms", () => {
  const prices = new Map([
    ["price_1", { productId: "prod_1", amountRials: rials(990_000), interval: "month", taxBehavior: "exclusive" }],
    ["price_2", { productId: "prod_2", amountRials: rials(11_880_000), interval: "year", taxBehavior: "inclusive" }],
    ["price_3", { productId: "prod_3", amountRials: rials(150_000), interval: null, taxBehavior: "exclusive" }],
  ] as const);

  test.each([
    [{ priceId: "price_1", quantity: 3, addOns: [] }, { prod_1: 2_970_000 }],
    [{ priceId: "price_2", quantity: 2, addOns: [] }, { prod_2: 1_800_000 }],
    [
      { priceId: "price_1", quantity: 1, addOns: [{ priceId: "price_3", quantity: 5 }] },
      { prod_1: 990_000, prod_3: 0 },
    ],
    [{ priceId: "price_1", quantity: 1, addOns: [{ priceId: "price_1", quantity: 2 }] }, { prod_1: 2_970_000 }],
    [
      { priceId: "price_2", quantity: 1, addOns: [{ priceId: "price_1", quantity: 1 }] },
      { prod_2: 900_000, prod_1: 990_000 },
    ],
  ] as const)("%j is %j", (terms, monthly) => {
    const { addOns, ...main } = terms;
    const byProduct = monthlyByProduct({ ...main, addOns: [...addOns] }, prices, 1_000);
    expect(Object.fromEntries(byProduct)).toEqual(monthly);
  });

  it("is not known of a price that was not loaded", () => {
    expect(() => monthlyByProduct({ priceId: "price_9", quantity: 1, addOns: [] }, prices, 1_000)).toThrow("price_9");
  });
});

describe("a movement", () => {
  test.each([
    [0, 900, false, false, "new", 900],
    [0, 900, true, false, "reactivation", 900],
    [900, 1_400, true, false, "expansion", 500],
    [900, 400, true, true, "contraction", 500],
    [900, 0, true, false, "churn_voluntary", 900],
    [900, 0, true, true, "churn_involuntary", 900],
  ] as const)("from %d to %d is called what it is", (before, after, hadPaid, isUnpaid, movement, amountRials) => {
    const moved = { before: rials(before), after: rials(after), hadPaid, isUnpaid };
    expect(movementOf(moved)).toEqual({ movement, amountRials });
  });

  it("leads from what was before to what is after", () => {
    const amount = fc.integer({ min: 0, max: 1_000_000_000 });
    fc.assert(
      fc.property(amount, amount, fc.boolean(), fc.boolean(), (before, after, hadPaid, isUnpaid) => {
        const moved = movementOf({ before: rials(before), after: rials(after), hadPaid, isUnpaid });
        const isUp = moved !== null && ["new", "reactivation", "expansion"].includes(moved.movement);
        expect(before + (isUp ? 1 : -1) * (moved?.amountRials ?? 0)).toBe(after);
      }),
    );
  });
});

describe("figures by product", () => {
  const lite = anOffer({
    price: { id: idOf("price", 2), productId: idOf("prod", 2), amountRials: rials(990_000) },
    product: { id: idOf("prod", 2), name: "Lite" },
  });
  const extra = anOffer({
    price: { id: idOf("price", 3), productId: idOf("prod", 3), amountRials: rials(500_000) },
    product: { id: idOf("prod", 3), name: "Extra", addOn: true },
  });
  const wanted = (priceId: PriceId, addOns: AddOn[] = []) => ({ priceId, quantity: 1, addOns });
  const another = (life: Life) =>
    life.wish((slice, now) =>
      decideSubscribe(
        slice,
        aSubscribeInput({
          subscriptionId: idOf("sub", 2),
          wanted: wanted(idOf("price", 2)),
          invoiceId: idOf("inv", 2),
          paymentId: idOf("pay", 2),
        }),
        now,
      ),
    );

  it("have whoever takes a second product as an expansion of all, and as new to it", () => {
    const life = subscribedLife([anOffer(), lite]);
    another(life);
    const figures = figuresOf(life);
    expect(figures.of("mrr_expansion")).toEqual({ count: 1, amountRials: 990_000 });
    expect(figures.ofOne({ productId: idOf("prod", 2) }).of("mrr_new")).toEqual({ count: 1, amountRials: 990_000 });
    expect(figures.ofOne({ productId: idOf("prod", 1) }).of("mrr_new")).toEqual({ count: 1, amountRials: month });
    expect(figures.ofOne({ productId: idOf("prod", 1) }).recurring).toEqual({ count: 1, amountRials: month });
  });

  it("have whoever leaves one product for a dearer one gone from it and new to the other; and back again reactivated", () => {
    const life = subscribedLife([anOffer(), lite], { wanted: wanted(idOf("price", 2)) });
    changing(life, { priceId: idOf("price", 1), quantity: 1, addOns: [] });
    const figures = figuresOf(life);
    expect(figures.of("mrr_expansion")).toEqual({ count: 1, amountRials: month - 990_000 });
    expect(figures.ofOne({ productId: idOf("prod", 2) }).of("mrr_churn_voluntary")).toEqual({
      count: 1,
      amountRials: 990_000,
    });
    expect(figures.ofOne({ productId: idOf("prod", 2) }).recurring).toEqual({ count: 0, amountRials: 0 });
    expect(figures.ofOne({ productId: idOf("prod", 1) }).of("mrr_new")).toEqual({ count: 1, amountRials: month });
    changing(life, { priceId: idOf("price", 2), quantity: 1, addOns: [] });
    life.pass(31);
    expect(
      figuresOf(life)
        .ofOne({ productId: idOf("prod", 2) })
        .of("mrr_reactivation"),
    ).toEqual({
      count: 1,
      amountRials: 990_000,
    });
  });

  it("split what comes on top from the product itself, in money, at risk, and in what recurs", () => {
    const life = subscribedLife([anOffer(), extra], {
      wanted: wanted(idOf("price", 1), [{ priceId: idOf("price", 3), quantity: 2 }]),
    });
    const parts = (figures: ReturnType<typeof figuresOf>, figure: Figure) =>
      [idOf("prod", 1), idOf("prod", 3)].map((productId) => figures.ofOne({ productId }).of(figure));
    const split = [
      { count: 1, amountRials: 3_289_000 },
      { count: 1, amountRials: 1_100_000 },
    ];
    expect(parts(figuresOf(life), "collected")).toEqual(split);
    expect(figuresOf(life).of("collected")).toEqual({ count: 1, amountRials: 4_389_000 });
    expect(parts(figuresOf(life), "mrr_new").map(({ amountRials }) => amountRials)).toEqual([month, 1_000_000]);
    life.pays = false;
    life.pass(34);
    expect(parts(figuresOf(life), "at_risk")).toEqual(split);
    life.pays = true;
    life.pass(3);
    expect(parts(figuresOf(life), "recovered")).toEqual(split);
    expect(figuresOf(life).of("recovered")).toEqual({ count: 1, amountRials: 4_389_000 });
  });

  it("are those of all at the only partner there is, and nothing at another", () => {
    const figures = figuresOf(subscribedLife());
    expect(figures.ofOne({ partnerId }).of("collected")).toEqual(figures.of("collected"));
    expect(figures.ofOne({ partnerId, productId: idOf("prod", 1) }).recurring).toEqual(figures.recurring);
    expect(figures.ofOne({ partnerId: "ptr_2" }).of("collected")).toEqual({ count: 0, amountRials: 0 });
  });

  it("are kept of a partner's customers alone", () => {
    const elsewhere = { ...paid, customerId: "cus_2" } as const;
    const partners = new Map([
      [customerId, "ptr_1"],
      ["cus_2", "ptr_2"],
    ] as const);
    const { tallies } = measureAll([paid, paid, elsewhere], nobody, { ...constants, partners });
    const counted = tallies.filter(({ figure, productId }) => figure === "collected" && productId === "prod_1");
    expect(Object.fromEntries(counted.map(({ partnerId: of, count }) => [of, count]))).toEqual({
      "": 3,
      ptr_1: 2,
      ptr_2: 1,
    });
    expect(() => measureAll([elsewhere], nobody, constants)).toThrow("cus_2 was not loaded");
  });
});

const cancels = (life: Life) =>
  life.wish((slice, now, ids) =>
    decideCancelSubscription(slice, { subscriptionId: life.newestId, when: "now", feedback: null }, now, ids),
  );

describe("a life's figures", () => {
  it("are new revenue and money that came, in its hour, when somebody subscribes", () => {
    const figures = figuresOf(subscribedLife());
    expect(figures.at("mrr_new", today)).toEqual({ count: 1, amountRials: month });
    expect(figures.at("collected", today)).toEqual({ count: 1, amountRials: 3_289_000 });
    expect(figures.at("collected_in_hour", today, "11")).toEqual({ count: 1, amountRials: 3_289_000 });
    expect(figures.at("collected_at_bank", today)).toEqual({ count: 1, amountRials: 3_289_000 });
  });

  it("are nothing new while a trial runs, and new at its end", () => {
    const trying = subscribedLife([anOffer({ price: { trialDays: 14 } })], { wantsTrial: true });
    expect(figuresOf(trying).recurring).toEqual({ count: 0, amountRials: 0 });
    expect(figuresOf(trying.pass(15)).recurring).toEqual({ count: 1, amountRials: month });
  });

  it("expand and contract with the seats", () => {
    const life = subscribedLife();
    changing(life, { priceId: life.subscription.priceId, quantity: 3, addOns: [] });
    expect(figuresOf(life).of("mrr_expansion")).toEqual({ count: 1, amountRials: 2 * month });
    changing(life, { priceId: life.subscription.priceId, quantity: 1, addOns: [] });
    life.pass(31);
    expect(figuresOf(life).of("mrr_contraction")).toEqual({ count: 1, amountRials: 2 * month });
    expect(figuresOf(life).recurring).toEqual({ count: 1, amountRials: month });
  });

  it("churn by one's own wish, by a pause as by the end; who comes back is reactivated", () => {
    const life = subscribedLife();
    const subscriptionId = life.newestId;
    life.wish((slice, now) => decidePause(slice, { subscriptionId, when: "now", resumesAt: null }, now));
    expect(figuresOf(life).of("mrr_churn_voluntary")).toEqual({ count: 1, amountRials: month });
    life.wish((slice, now, ids) => decideResume(slice, subscriptionId, now, ids));
    expect(figuresOf(life).of("mrr_reactivation")).toEqual({ count: 1, amountRials: month });
    cancels(life);
    expect(figuresOf(life).of("mrr_churn_voluntary")).toEqual({ count: 2, amountRials: 2 * month });
    expect(figuresOf(life).recurring).toEqual({ count: 0, amountRials: 0 });
  });

  it("have a renewal at risk from its first failed debit on, and recovered on that day when one succeeds", () => {
    const life = subscribedLife();
    life.pays = false;
    life.pass(34);
    const day = "2026-12-22";
    expect(figuresOf(life).at("at_risk", day)).toEqual({ count: 1, amountRials: 3_289_000 });
    expect(figuresOf(life).of("failed").count).toBeGreaterThan(1);
    life.pays = true;
    life.pass(3);
    expect(figuresOf(life).at("recovered", day)).toEqual({ count: 1, amountRials: 3_289_000 });
    expect(figuresOf(life).of("at_risk").count).toBe(1);
  });

  it("churn without having wished it when collecting is given up, and what was at risk is so", () => {
    const life = subscribedLife();
    life.pays = false;
    life.pass(60);
    const figures = figuresOf(life);
    expect(figures.of("given_up")).toEqual(figures.of("at_risk"));
    expect(figures.of("mrr_churn_involuntary")).toEqual({ count: 1, amountRials: month });
  });
});

const paymentId = "pay_1";
const told = (of: ToMeasure["event"], bank: string | null = null): ToMeasure => ({
  event: of,
  at: wall,
  customerId,
  bank,
});
const constants = {
  payments: new Map([[paymentId, { kind: "debit", amountRials: rials(500_000) }]] as const),
  invoices: new Map([
    ["inv_1", { totalRials: rials(500_000), shares: [{ productId: "prod_1", netRials: rials(1) }] }],
  ] as const),
  prices: new Map(),
  partners: new Map([[customerId, "ptr_1"]] as const),
};
const all = { productId: "", partnerId: "" } as const;
const nobody = { subscriptions: new Map(), invoices: new Map() };
const of = { paymentId, invoiceId: "inv_1" } as const;
const at = "2026-11-22T08:00:00.000Z";

const paid = told(
  event("payment.succeeded", { ...of, amountRials: rials(500_000), refId: null, feeRials: rials(0), settledAt: at }),
);

describe("money", () => {
  it.each([
    [
      "payment.credited",
      { ...of, amountRials: rials(500_000), refId: null, feeRials: rials(0), settledAt: at },
      "collected",
    ],
    ["payment.failed", { ...of, reason: "declined", settledAt: at }, "failed"],
    ["payment.lapsed", { ...of, settledAt: at }, "failed"],
    [
      "payment.unknown",
      { ...of, answered: false, failedHeardAt: null, notPaidHeardAt: null, askCount: 1, askedAt: at, nextAskAt: null },
      "unknown",
    ],
    [
      "refund.succeeded",
      {
        ...of,
        refundId: "ref_1",
        source: "invoice",
        amountRials: rials(500_000),
        method: "manual",
        reference: "1",
        settledAt: at,
      },
      "refunded",
    ],
    ["payment.reversed", { ...of, amountRials: rials(500_000), reversedAt: at }, "reversed"],
  ] as const)("of %s counts on its day", (type, data, figure) => {
    const { tallies } = measureAll([told(event(type, data))], nobody, constants);
    expect(tallies).toContainEqual({ ...all, day: today, figure, part: "", count: 1, amountRials: 500_000 });
  });

  it("that came counts at the bank it came from, two of a day together", () => {
    const data = { ...of, amountRials: rials(500_000), refId: null, feeRials: rials(0), settledAt: at };
    const paid = told(event("payment.succeeded", data), "mellat");
    const { tallies } = measureAll([paid, paid], nobody, constants);
    expect(tallies).toContainEqual({
      ...all,
      day: today,
      figure: "collected_at_bank",
      part: "mellat",
      count: 2,
      amountRials: 1_000_000,
    });
  });

  it("on a page is in no hour's figures: when somebody pays there is their own choice", () => {
    const onPage = {
      ...constants,
      payments: new Map([[paymentId, { kind: "checkout", amountRials: rials(1) }]] as const),
    };
    const { tallies } = measureAll(
      [told(event("payment.failed", { ...of, reason: "declined", settledAt: at }))],
      nobody,
      onPage,
    );
    expect(new Set(tallies.map(({ figure }) => figure))).toEqual(new Set(["failed"]));
  });

  it("belongs to the day and hour of Tehran", () => {
    const late = { ...told(event("payment.lapsed", { ...of, settledAt: at })), at: wallOf("2026-11-22T20:29:59.999Z") };
    const next = { ...late, at: wallOf("2026-11-22T20:30:00.000Z") };
    const { tallies } = measureAll([late, next], nobody, constants);
    const hours = tallies
      .filter(({ figure, ...each }) => figure === "failed_in_hour" && each.productId + each.partnerId === "")
      .map(({ day, part }) => [day, part]);
    expect(hours).toEqual([
      ["2026-11-22", "23"],
      ["2026-11-23", "00"],
    ]);
  });

  it("of nobody we were told about is a fault, and what is not for the figures is nothing", () => {
    const lapsed = told(event("payment.lapsed", { ...of, paymentId: "pay_2", settledAt: at }));
    expect(() => measureAll([lapsed], nobody, constants)).toThrow("pay_2 was not loaded");
    const seen = told(event("exception.acknowledged", { exceptionId: paymentId }));
    expect(measureAll([seen], nobody, constants)).toEqual({ tallies: [], subscriptions: [], invoices: [] });
    expect(measuredTypes).not.toContain("exception.acknowledged");
  });
});

describe("an invoice at risk, for two products", () => {
  const invoiceId = "inv_1";
  const shares = [
    { productId: "prod_1", netRials: rials(2) },
    { productId: "prod_2", netRials: rials(1) },
  ] as const;
  const ofTwo = { ...constants, invoices: new Map([[invoiceId, { totalRials: rials(300), shares }]] as const) };
  const failed = told(
    event("invoice.attempt_failed", { invoiceId, attemptCount: 1, nextAttemptAt: null, reason: "declined" }),
  );
  const isPaid = told(event("invoice.paid", { invoiceId, paidAt: at }));
  const isVoid = told(
    event("invoice.voided", {
      invoiceId,
      subtotalRials: rials(300),
      vatRials: rials(0),
      totalRials: rials(300),
      recognizedRials: rials(0),
    }),
  );
  const isOpen = told(event("invoice.reopened", { invoiceId, reopenedAt: at }));
  const sumsOf = ({ tallies }: ReturnType<typeof measureAll>) =>
    Object.fromEntries(
      tallies
        .filter((each) => each.partnerId === "" && (each.count !== 0 || each.amountRials !== 0))
        .map(({ figure, productId, count, amountRials }) => [`${figure} ${productId}`, [count, amountRials]]),
    );
  const atRisk = { "at_risk ": [1, 300], "at_risk prod_1": [1, 200], "at_risk prod_2": [1, 100] };

  it("is remembered as open, a part for each", () => {
    const { invoices } = measureAll([failed, failed], nobody, ofTwo);
    expect(invoices).toEqual([
      { id: invoiceId, productId: "prod_1", failedOn: today, amountRials: 200, end: "open" },
      { id: invoiceId, productId: "prod_2", failedOn: today, amountRials: 100, end: "open" },
    ]);
  });

  it("is recovered when it is paid, and not any more when the bank takes the money back", () => {
    const recovered = { "recovered ": [1, 300], "recovered prod_1": [1, 200], "recovered prod_2": [1, 100] };
    expect(sumsOf(measureAll([failed, isPaid], nobody, ofTwo))).toEqual({ ...atRisk, ...recovered });
    const back = measureAll([failed, isPaid, isOpen], nobody, ofTwo);
    expect(sumsOf(back)).toEqual(atRisk);
    expect(back.invoices.map(({ end }) => end)).toEqual(["open", "open"]);
    const lost = { "given_up ": [1, 300], "given_up prod_1": [1, 200], "given_up prod_2": [1, 100] };
    expect(sumsOf(measureAll([failed, isPaid, isOpen, isVoid], nobody, ofTwo))).toEqual({ ...atRisk, ...lost });
  });

  it("that has ended as it is told to end is no news", () => {
    const { invoices } = measureAll([failed, isPaid], nobody, ofTwo);
    const before = { ...nobody, invoices: new Map([[invoiceId, invoices]] as const) };
    expect(measureAll([isPaid], before, ofTwo)).toEqual({ tallies: [], subscriptions: [], invoices: [] });
  });
});

describe("a subscription that is remembered", () => {
  const id = "sub_1";
  const free = {
    id,
    customerId,
    productId: "prod_1",
    monthlyRials: rials(0),
    isCounted: false,
    hasCounted: false,
  } as const;

  it("has never counted while it was free, so that what it costs one day is new", () => {
    const { subscriptions, moves } = movesOf([free], { id, isCounted: true });
    expect([subscriptions, moves]).toEqual([[{ ...free, isCounted: true }], []]);
    const dearer = movesOf(subscriptions, { id, monthly: new Map([["prod_1", rials(5)]]) });
    expect(dearer.moves.map(({ movement }) => movement)).toEqual(["new", "new"]);
  });

  it("has never counted before it ran, whatever it costs", () => {
    const { subscriptions } = movesOf([free], { id, monthly: new Map([["prod_1", rials(5)]]) });
    expect(subscriptions).toEqual([{ ...free, monthlyRials: 5 }]);
  });

  it("counts again when money that came late brings it back", () => {
    const gone = { ...free, monthlyRials: rials(5), hasCounted: true };
    const before = { ...nobody, subscriptions: new Map([[customerId, [gone]]]) };
    const { tallies } = measureAll(
      [told(event("subscription.reactivated", { subscriptionId: id }))],
      before,
      constants,
    );
    expect(tallies).toContainEqual({
      ...all,
      day: today,
      figure: "mrr_reactivation",
      part: "",
      count: 1,
      amountRials: 5,
    });
  });

  it("of nobody we were told about is a fault", () => {
    expect(() => movesOf([free], { id: "sub_2", isCounted: true })).toThrow("sub_2 was not loaded");
  });
});

it("a renewal that is overdue counts on, and what moves revenue is kept by its name", () => {
  expect(SubscriptionStatus.options.filter(counts)).toEqual(["active", "past_due"]);
  expect(figuresOfMovements).toEqual(movements.map((movement) => `mrr_${movement}`));
});

describe("the bank", () => {
  it.each([
    ["610433******1234", "mellat"],
    ["603799XXXXXX9999", "melli"],
    ["999999******9999", null],
    ["6104******1234", null],
    [null, null],
  ])("of card %s is %s", (card, bank) => {
    expect(bankOfCard(card)).toBe(bank);
  });

  it("stands beside what the gateway said, and nothing where it did not tell", () => {
    const said = { call: "payment/verify" };
    expect(withBank(said, { cardPanMasked: "610433******1234" })).toEqual({ ...said, bank: "mellat" });
    expect(withBank(said, { cardPanMasked: null })).toEqual(said);
  });

  it("is read back by its name", () => {
    expect(Bank.options.map(bankOf)).toEqual(Bank.options);
    expect(bankOf("")).toBeNull();
  });
});
