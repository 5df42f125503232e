// A price whose subscribers are to move to another: planned by an operator, with one subscriber whom it will move.
import type { PriceMigration, PriceMove } from "../../contract/price-migration.ts";
import type { Price } from "../../contract/product.ts";
import { aPrice } from "./catalogue.ts";
import { aFreshWorld } from "./fresh-world.ts";
import { anOperator } from "./operator.ts";
import { aSubscriber } from "./subscriber.ts";

export const reason = "Costs have risen";

export async function aPlan({ noticeDays = 10, amountRials = 3_290_000 } = {}) {
  const world = await aFreshWorld();
  const operator = await anOperator(world);
  const priceId = await aPrice(world);
  const sara = await aSubscriber(world);
  const { body } = await sara.subscribe(priceId, await sara.sign());
  const { productId } = body.data;
  const terms = { interval: "month", calendar: "jalali", taxBehavior: "exclusive", unpaidPolicy: "cancel" };
  const key = () => crypto.randomUUID();
  const made = await operator.call<Price>("POST", `/v1/products/${productId}/prices`, { amountRials, ...terms }, key());
  const toPriceId = made.body.data.id;
  const path = "/v1/operator/price-migrations";
  const wanted = { fromPriceId: priceId, toPriceId, noticeDays, reason };
  const plan = (over: object = {}) => operator.call<PriceMigration>("POST", path, { ...wanted, ...over }, key());
  const { id } = (await plan()).body.data;
  return {
    world,
    operator,
    sara,
    subscriptionId: body.data.id,
    priceId,
    toPriceId,
    plan,
    moves: async () => (await operator.call<PriceMove[]>("GET", `${path}/${id}/moves`)).body.data,
    now: async () => (await operator.call<PriceMigration>("GET", `${path}/${id}`)).body.data,
    say: (verb: "confirm" | "cancel") => operator.call<PriceMigration>("POST", `${path}/${id}/${verb}`, { reason }),
  };
}
