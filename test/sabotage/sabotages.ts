// Every guard that is taken out, one after the other.
import { belief } from "./belief.ts";
import { deliveries } from "./deliveries.ts";
import { lateMoney } from "./late-money.ts";
import { messages } from "./messages.ts";
import { moneyBack } from "./money-back.ts";
import { moneyCalls } from "./money-calls.ts";
import { requests } from "./requests.ts";
import type { Sabotage } from "./sabotage.ts";
import { store } from "./store.ts";

export const sabotages: readonly Sabotage[] = [
  ...moneyCalls,
  ...belief,
  ...lateMoney,
  ...store,
  ...moneyBack,
  ...requests,
  ...messages,
  ...deliveries,
];

/** A guard that is only there in case another one fails: taken out alone, nothing can come of it. */
export interface Backstop {
  readonly name: string;
  readonly because: string;
}

/** What the design asks to be taken out and no history could notice alone; each goes together with another above. */
export const backstops: readonly Backstop[] = [
  {
    name: "the live index dropped alone",
    because:
      "The lock makes the commits of one customer see each other, and the rules write no second live payment: `npm run model` looks for one in every commit of every state, without any index.",
  },
  {
    name: "the index of periods, and that of running subscriptions, dropped alone",
    because: "The same: of two commits that would write a second row, one loses the race and decides again.",
  },
  {
    name: "a turn given to more than the first event of a stream",
    because:
      "One run at a time has an endpoint, takes each stream from its first event that waits, and stops at what was not taken.",
  },
];
