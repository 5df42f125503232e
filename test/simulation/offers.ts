// What is sold in the simulated world: in both calendars, with trials, with and without credit for leaving, cheap enough for
// amounts that the gateway would not take, and with something on top; and the coupons that take something off.

const products = {
  Pro: { messageQuota: 2_000, grantOn: "period_start" },
  Basic: { messageQuota: 600, grantOn: "period_start" },
  Team: { messageQuota: 10_000, grantOn: "payment" },
  Plus: { messageQuota: 900, grantOn: "period_start" },
  Mini: { messageQuota: 50, grantOn: "payment" },
  Course: { messageQuota: 1_000, grantOn: "payment" },
  Extra: { messageQuota: 300, grantOn: "period_start", addOn: true },
} as const;

type ProductName = keyof typeof products;

const jalaliMonth = { calendar: "jalali", interval: "month" } as const;
const gregorianMonth = { calendar: "gregorian", interval: "month" } as const;
const jalaliYear = { calendar: "jalali", interval: "year" } as const;
const once = { calendar: "jalali", interval: null } as const;

/** What can be subscribed to, by the number that plans know it by. */
export const prices = [
  { of: "Pro", amountRials: 2_990_000, ...jalaliMonth, unpaidPolicy: "cancel", cancelCredit: "prorated" },
  {
    of: "Basic",
    amountRials: 290_000,
    ...gregorianMonth,
    unpaidPolicy: "pause",
    latePaymentPolicy: "refund",
    overageRials: 700,
    overageMessages: 300,
  },
  { of: "Team", amountRials: 14_900_000, ...jalaliYear, unpaidPolicy: "pause", latePaymentPolicy: "reactivate" },
  { of: "Pro", amountRials: 17_000_000, ...jalaliYear, unpaidPolicy: "cancel", cancelCredit: "prorated" },
  {
    of: "Plus",
    amountRials: 990_000,
    ...jalaliMonth,
    unpaidPolicy: "cancel",
    graceAccess: "narrow",
    trialDays: 14,
    trialNeedsPaymentMethod: false,
  },
  { of: "Mini", amountRials: 20_000, ...gregorianMonth, unpaidPolicy: "pause", cancelCredit: "prorated" },
  {
    of: "Pro",
    amountRials: 1_990_000,
    ...gregorianMonth,
    unpaidPolicy: "pause",
    latePaymentPolicy: "reactivate",
    taxBehavior: "inclusive",
    trialDays: 7,
    retryDays: [1, 3],
  },
] as const;

/** What comes on top of them, and what is bought by itself. */
export const others = {
  topUp: { of: "Pro", amountRials: 150_000, ...once, unpaidPolicy: "cancel", topUpMessages: 100, topUpDays: 40 },
  course: { of: "Course", amountRials: 900_000, ...once, unpaidPolicy: "cancel" },
  jalali: { of: "Extra", amountRials: 400_000, ...jalaliMonth, unpaidPolicy: "cancel" },
  gregorian: { of: "Extra", amountRials: 12_000, ...gregorianMonth, unpaidPolicy: "cancel" },
  once: { of: "Extra", amountRials: 50_000, ...once, unpaidPolicy: "cancel" },
} as const;

/** The second is for fewer than come. */
export const coupons = [
  { code: "HALF", percentBasisPoints: 5_000 },
  { code: "FEW", percentBasisPoints: 3_333, duration: "periods", durationPeriods: 2, maxRedemptions: 2 },
  { code: "ALWAYS", amountRials: 15_000, duration: "forever" },
  { code: "GIFT", percentBasisPoints: 10_000 },
] as const;

export type Offer = (typeof prices)[number] | (typeof others)[keyof typeof others];

export function productOf(name: ProductName) {
  return { name, description: "", roundtableId: null, ...products[name] };
}

export const productNames = Object.keys(products) as readonly ProductName[];
