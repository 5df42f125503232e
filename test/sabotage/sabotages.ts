// Every guard that is taken out, one after the other.
import { belief } from "./belief.ts";
import { lateMoney } from "./late-money.ts";
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
];
