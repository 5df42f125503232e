// The main job once through: sign, subscribe, be charged once, be renewed.
import { expect, test } from "vitest";
import { aPrice } from "../support/catalogue.ts";
import { aSubscriber } from "../support/subscriber.ts";
import { aWorld } from "../support/world.ts";

test("a subscriber signs, subscribes, is charged once and is renewed for three months", async () => {
  const world = aWorld();
  const priceId = await aPrice(world);
  const sara = await aSubscriber(world);

  const methodId = await sara.sign();
  expect(await sara.paymentMethod(methodId)).toMatchObject({ status: "active" });

  const subscribed = await sara.subscribe(priceId, methodId);
  expect(subscribed).toMatchObject({ status: 201, body: { data: { status: "active" } } });
  const id = subscribed.body.data.id;

  await sara.advance("2027-02-21T08:00:00Z");
  const subscription = await sara.subscription(id);
  expect(subscription.currentPeriod.index).toBe(3);

  const payments = await sara.payments();
  expect(payments.map((payment) => payment.status)).toEqual(["succeeded", "succeeded", "succeeded", "succeeded"]);
  expect(world.simulator.totals()).toMatchObject({ debits: 4, debitedRials: 4 * 3_289_000 });
  const invoices = await sara.invoices();
  expect(invoices.map((invoice) => invoice.status)).toEqual(["paid", "paid", "paid", "paid"]);
  expect(world.log.filter((entry) => entry.level === "error")).toEqual([]);
});
