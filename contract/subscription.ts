// Subscriptions: a customer's right to a product, period by period.
import { initContract } from "@ts-rest/core";
import { change } from "./subscription/change.ts";
import { operate } from "./subscription/operate.ts";
import { start } from "./subscription/start.ts";
import { stop } from "./subscription/stop.ts";
import { topUp } from "./subscription/top-up.ts";

export * from "./subscription/schema.ts";
export { Quote } from "./subscription/start.ts";

export const subscriptions = initContract().router({ ...start, ...change, ...stop, ...topUp, ...operate });
