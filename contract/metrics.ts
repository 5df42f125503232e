// How the business does, by day or month, all of it or one product or partner: what was collected, what recurs and why that
// moved, what was at risk and came back. Of roll-ups that a reader of the log keeps: as quick in ten years as now.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { Bank } from "./common/bank.ts";
import { PartnerId, ProductId } from "./common/id.ts";
import { Rials } from "./common/money.ts";
import { endpoint } from "./common/policy.ts";
import { createApiResponseSchema } from "./common/response.ts";
import { Instant, mostDaysAsked, spanOf, TehranDate } from "./common/time.ts";
import { Translations } from "./product/texts.ts";

export const MetricsBy = z.enum(["day", "jalali_month", "gregorian_month"]).meta({
  description:
    "What the spans are: days in Tehran, or months of a calendar; the first and last may be parts of a month.",
  example: "jalali_month",
});

/** So many, and what they come to. */
const sum = (description: string) =>
  z
    .object({
      count: z.int().min(0).meta({ description: "How many.", example: 12 }),
      amountRials: Rials.meta({ description: "What they come to, in Rials.", example: 39_468_000 }),
    })
    .meta({ description });

const moneyFigures = {
  collected: sum(
    "Payments whose money came, with VAT, on the day we knew; money for what was already settled is among them.",
  ),
  failed: sum("Payments that ended without money: debits that were declined, pages on which nobody paid in the end."),
  unknown: sum("Payments about which the gateway's answer was lost; what became of them counts on its own day."),
  reversed: sum("Payments that a bank took back."),
  refunded: sum("Refunds that were paid out."),
};

const movement = (what: string) => sum(`${what} Customers, and monthly Rials.`);

const Movements = z
  .object({
    new: movement("Customers who pay for the first time."),
    reactivation: movement("Customers who pay again after they had stopped."),
    expansion: movement("Customers who pay more than before: more seats, a dearer product, another subscription."),
    contraction: movement("Customers who pay less than before, and still something."),
    churnVoluntary: movement("Customers who pay nothing any more, by their own wish: ended, paused, or free."),
    churnInvoluntary: movement("Customers who pay nothing any more since collecting from them was given up."),
  })
  .meta({
    description:
      "What moved the recurring revenue; each amount is above zero. What it was before, with what is new, reactivated and " +
      "expanded, less the others, is what it is after. Of one product its own customers: whoever has another one already " +
      "is new to it, and whoever leaves it for another one is gone from it. So movements by product do not add up to those " +
      "of all, but what recurs does. By partner both do.",
  });

const Recurring = sum(
  "Monthly recurring revenue: prices of running subscriptions, paid or overdue, with all their seats and add-ons, a year's " +
    "price by twelve; without VAT, before coupons and gifts. Not those in a trial, paused, or free. `count` is customers.",
);

const recovery = {
  atRisk: sum("Invoices of which a first debit failed, or could not be sent, in this span; with VAT."),
  recovered: sum("Those of them that have been paid by now."),
  givenUp: sum("Those of them of which nothing comes any more; the others are still being collected."),
};

const figures = { ...moneyFigures, movements: Movements, ...recovery };

const MetricsSpan = z.object({
  startsOn: TehranDate.meta({ description: "Its first day.", example: "2026-10-23" }),
  endsOn: TehranDate.meta({ description: "Its last day, part of it.", example: "2026-11-21" }),
  ...figures,
  recurringAtEnd: Recurring,
});

export const Metrics = z
  .object({
    by: MetricsBy,
    productId: ProductId.nullable().meta({ description: "The product whose figures these are; null: all products'." }),
    partnerId: PartnerId.nullable().meta({
      description: "The partner of whose customers these figures are; null: of all customers.",
    }),
    asOf: Instant,
    isWhole: z.boolean().meta({
      description: "Whether all that happened until then is counted; false while a long log is being counted anew.",
      example: true,
    }),
    recurringAtStart: Recurring,
    total: z.object(figures).meta({ description: "All spans together." }),
    spans: z
      .array(MetricsSpan)
      .meta({ description: "Every span, the oldest first, also those without news.", example: [] }),
    hours: z
      .array(
        z.object({
          hour: z.int().min(0).max(23).meta({ description: "The hour of the day in Tehran.", example: 9 }),
          collected: sum("Debits whose money came in this hour."),
          failed: sum("Debits that failed in this hour."),
        }),
      )
      .meta({ description: "Debits of all spans by the hour in which they ended, all 24.", example: [] }),
    banks: z
      .array(
        z.object({
          bank: Bank.nullable().meta({
            description: "The bank whose card or account paid; null when the gateway did not tell.",
            example: "mellat",
          }),
          collected: sum("Payments whose money came from there."),
        }),
      )
      .meta({ description: "Payments of all spans by bank, the most money first.", example: [] }),
    now: z
      .object({
        due: sum("Open invoices that are due by the end of today in Tehran, and what is owed on them."),
        unknown: sum("Open invoices for which a payment waits for the gateway's word, and what is owed on them."),
      })
      .meta({ description: "As of this moment, of all products and partners, whatever was asked for." }),
    products: z
      .array(
        z.object({
          id: ProductId,
          name: z.string().meta({ description: "What it is called.", example: "Pro" }),
          translations: Translations,
        }),
      )
      .meta({ description: "Every product that can be asked for, those no longer for sale as well.", example: [] }),
    partners: z
      .array(
        z.object({
          id: PartnerId,
          name: z.string().meta({ description: "What it is called.", example: "Roundtable" }),
        }),
      )
      .meta({ description: "Every partner that can be asked for.", example: [] }),
  })
  .meta({ id: "Metrics", description: "Figures of the business." });

export type Metrics = z.infer<typeof Metrics>;
export type MetricsBy = z.infer<typeof MetricsBy>;

const day = (description: string, example: string) => TehranDate.optional().meta({ description, example });

const Asked = z
  .object({
    from: day("The first day; left out with `to`: 30 days, or 12 months, up to today.", "2026-10-23"),
    to: day(`The last day: at most ${mostDaysAsked} days after \`from\`.`, "2026-11-21"),
    by: MetricsBy.default("day"),
    productId: ProductId.optional().meta({ description: "Of this product alone; left out: of all." }),
    partnerId: PartnerId.optional().meta({ description: "Of this partner's customers alone; left out: of all." }),
  })
  .check(spanOf("from", "to"))
  .check(bothOrNone);

/** One end alone would be a span without bounds. */
function bothOrNone({
  value: { from, to },
  issues,
}: z.core.ParsePayload<{ from?: string | undefined; to?: string | undefined }>) {
  if ((from === undefined) === (to === undefined)) return;
  const [path, input] = from === undefined ? ["from", to] : ["to", from];
  issues.push({ code: "custom", input, path: [path], message: "Give both days, or none." });
}

export const metrics = initContract().router({
  get: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/metrics",
      query: Asked,
      responses: { 200: createApiResponseSchema(Metrics) },
      summary: "See how the business does",
      description:
        "Payments, recurring revenue and its movements, recovery, and collection by hour and by bank, from a day to another. " +
        "What has happened since the figures were last kept is counted in before the answer. A day's figures stand once it " +
        "is over, but for `recovered` and `givenUp`, which grow as its invoices end. By the wall clock, also for customers " +
        "with a test clock. Of one product, of one partner's customers, or of both at once: an invoice for several products, " +
        "and each payment for it, counts for each of them, with the part that its lines came to.",
    },
  ),
});
