// The catalogue as it is shown: read from KV, a minute old at most, and never what a purchase goes by.
import { expect, it } from "vitest";
import type { Product } from "../../contract/product.ts";
import { archivePrice, archiveProduct } from "../../server/store/catalogue.ts";
import { findOffer } from "../../server/store/read.ts";
import { aPrice } from "../support/catalogue.ts";
import { limitedShowcase } from "../support/limits.ts";
import { aSubscriber, caller } from "../support/subscriber.ts";
import { aWorld, publicUrl } from "../support/world.ts";

const showcase = limitedShowcase(() => world.now());
const world = aWorld({ disturb: (deps) => ({ ...deps, showcase }) });

const listed = async (query = "") => {
  const { body } = await caller(world, null)<readonly Product[]>("GET", `/v1/products?limit=100${query}`);
  return body.data;
};

it("products are shown from KV, as they were a minute ago, and bought by what they are now", async () => {
  const sara = await aSubscriber(world);
  const methodId = await sara.sign();
  const first = await aPrice(world);
  world.pass(1);
  const second = await aPrice(world);
  // Nothing in KV yet: the database is asked.
  expect((await listed()).flatMap(({ prices }) => prices.map(({ id }) => id))).toEqual([first, second]);
  await world.tick();

  world.pass(1);
  const third = await aPrice(world);
  expect((await listed()).flatMap(({ prices }) => prices.map(({ id }) => id))).toEqual([first, second]);
  const [shown] = await listed();
  expect(await listed(`&cursor=${shown?.id}`)).toHaveLength(1);
  const deaf = { ...world.invocation(), db: undefined as never };
  const answer = await world.fetchWith(deaf, new Request(`${publicUrl}/v1/products`));
  expect(await answer.json()).toMatchObject({ data: [{ id: shown?.id }, {}] });

  // Still shown, and not for sale any more: the purchase knows.
  const actor = "system";
  const offer = await findOffer(world.invocation().db, first);
  await archivePrice(world.invocation(), { priceId: first, productId: offer?.product.id ?? "prod_" }, actor);
  await archiveProduct(world.invocation(), offer?.product.id ?? "prod_", actor);
  expect((await listed()).flatMap(({ prices }) => prices.filter(({ active }) => active).map(({ id }) => id))).toContain(
    first,
  );
  expect((await sara.subscribe(first, methodId)).body).toMatchObject({ code: "price_not_for_sale" });

  world.pass(60_000);
  await world.tick();
  expect((await listed()).flatMap(({ prices }) => prices.map(({ id }) => id))).toEqual([second, third]);
  // Nothing has changed: nothing is written, however often the cron comes within a second.
  await world.tick();
  await world.tick();
  expect(world.log.filter(({ level }) => level === "error")).toEqual([]);
});
