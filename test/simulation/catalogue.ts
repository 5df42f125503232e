// The catalogue as the operator makes it through the API, before anything goes wrong.
import { contract } from "../../contract/index.ts";
import type { Price, Product } from "../../contract/product.ts";
import { coupons, others, prices, productNames, productOf, type Offer } from "./offers.ts";
import { dataOf, insist, type Call } from "./client.ts";
import type { Person } from "./people.ts";
import type { Patience } from "./plan.ts";
import type { World } from "./world.ts";

export interface Catalogue {
  /** Of what can be subscribed to, by the number that plans know it by. */
  readonly prices: readonly Price[];
  readonly oneTimePriceId: string;
  /** Brings messages of the first price's product. */
  readonly topUp: Price;
  readonly onTop: { readonly jalali: Price; readonly gregorian: Price; readonly once: Price };
  readonly couponCodes: readonly string[];
}

const calm: Patience = { retries: 3, afterMs: 1_000, twice: false };

export async function catalogue(world: World, operator: Person): Promise<Catalogue> {
  const productIds: Record<string, string> = {};
  for (const name of productNames) {
    const call = { route: contract.products.create, body: productOf(name), key: `product-${name}` };
    productIds[name] = (await ask<Product>(world, operator, call)).id;
  }
  const price = ({ of, ...terms }: Offer, key: string) =>
    ask<Price>(world, operator, {
      route: contract.products.createPrice,
      params: { productId: productIds[of] ?? "" },
      body: { taxBehavior: "exclusive", ...terms },
      key: `price-${key}`,
    });
  const made: Price[] = [];
  for (const [index, offer] of prices.entries()) made.push(await price(offer, String(index)));
  const topUp = await price(others.topUp, "top-up");
  const course = await price(others.course, "course");
  const onTop = {
    jalali: await price(others.jalali, "jalali"),
    gregorian: await price(others.gregorian, "gregorian"),
    once: await price(others.once, "once"),
  };
  for (const coupon of coupons) {
    await ask(world, operator, { route: contract.coupons.create, body: coupon, key: `coupon-${coupon.code}` });
  }
  return { prices: made, oneTimePriceId: course.id, topUp, onTop, couponCodes: coupons.map(({ code }) => code) };
}

async function ask<T>(world: World, { token }: Person, call: Omit<Call, "token">): Promise<T> {
  let isAnswered = false;
  const asked = insist(world, { token, ...call }, { ...calm, name: `Operator ${call.key ?? ""}` }).finally(
    () => (isAnswered = true),
  );
  await world.scheduler.rest();
  while (!isAnswered) await world.scheduler.step();
  const answer = await asked;
  const data = answer && dataOf<T>(answer);
  if (answer?.status !== 201 || !data) throw new Error(`${call.route.path} answered ${JSON.stringify(answer)}`);
  return data;
}
