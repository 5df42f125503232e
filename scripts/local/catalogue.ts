// What Roundtable sells, for a system on this machine: monthly Jalali prices in Rials, without VAT.

export interface Plan {
  readonly name: string;
  readonly description: string;
  readonly roundtableId: string;
  readonly messageQuota: number;
  readonly amountRials: number;
}

export const roundtablePlans: readonly Plan[] = [
  {
    name: "Free",
    description: "To see what it is like",
    roundtableId: "plan_free",
    messageQuota: 50,
    amountRials: 0,
  },
  {
    name: "Starter",
    description: "For a question now and then",
    roundtableId: "plan_starter",
    messageQuota: 500,
    amountRials: 990_000,
  },
  {
    name: "Pro",
    description: "For people who write every day",
    roundtableId: "plan_pro",
    messageQuota: 2_000,
    amountRials: 2_990_000,
  },
  {
    name: "Power",
    description: "For people who write all day",
    roundtableId: "plan_power",
    messageQuota: 10_000,
    amountRials: 9_900_000,
  },
];
