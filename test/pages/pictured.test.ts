// The README's picture of the console: the figures of sixty days in which people came, paid, could not pay, and left. It is
// taken only when pictures are wanted.
import { expect, it } from "vitest";
import { aBrowser } from "../support/browser.ts";
import { hasBrowser, launch, lookAt, type Reader } from "../support/chromium.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { aPriceOf, done } from "../support/granted.ts";
import type { Product } from "../../contract/product.ts";
import { anOperator } from "../support/operator.ts";
import { aSubscriber } from "../support/subscriber.ts";
import { aTab } from "./tab.ts";

const hourMs = 3_600_000;
const days = 60;

/** Two or three come on a day, at other hours each day; of some the account is empty when the next period begins. */
async function aBusyWorld() {
  const world = await aFreshWorld();
  const operator = await anOperator(world);
  const order = { description: "For people who write every day", roundtableId: null, grantOn: "period_start" };
  const plans = await Promise.all(
    [
      { name: "Pro", messageQuota: 2_000, amountRials: 2_990_000 },
      { name: "Starter", messageQuota: 500, amountRials: 990_000 },
    ].map(async ({ amountRials, ...named }) => {
      const { id } = await done<Product>(operator, "/v1/products", { ...order, ...named });
      return aPriceOf(operator, id, { amountRials });
    }),
  );
  const empty: Record<string, number> = {};
  const came: { leave: () => Promise<unknown> }[] = [];
  for (let day = 0; day < days; day += 1) {
    for (let each = 0; each < 1 + ((day * 7) % 3); each += 1) {
      await world.live((2 + ((day + each) % 4)) * hourMs, hourMs);
      const somebody = await aSubscriber(world);
      const paymentMethodId = await somebody.sign();
      const priceId = plans[(day + each) % 3 === 0 ? 0 : 1];
      const { id } = await done<{ id: string }>(somebody, "/v1/subscriptions", { priceId, paymentMethodId });
      came.push({ leave: () => somebody.post(`/v1/subscriptions/${id}/cancel`, { when: "now" }) });
      if (came.length % 6 === 0) empty[somebody.mobile] = 0;
    }
    world.simulator.configure({ balances: empty });
    if (day > 20 && day % 5 === 0) await came[day - 20]?.leave();
    await world.live(12 * hourMs, hourMs);
  }
  return { world, operator };
}

it.skipIf(!hasBrowser || !process.env["PICTURES"])("the figures of a busy month are pictured", async () => {
  const { world, operator } = await aBusyWorld();
  const reader: Reader = { size: "desktop", language: "fa" };
  const answer = await aBrowser(world, operator, reader.language).shown("/operator/metrics");
  expect(answer.status).toBe(200);
  const browser = await launch();
  const { page, show } = await aTab(browser, reader);
  await show("/operator/metrics", answer);
  await lookAt(page, reader, "figures");
  await browser.close();
});
