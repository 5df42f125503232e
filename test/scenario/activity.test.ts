// What happened to an account, as its customer and as operators read it.
import { beforeAll, describe, expect, it } from "vitest";
import type { Activity } from "../../contract/activity.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { anOperator, type Operator } from "../support/operator.ts";
import { aSubscriber, type Call, type Subscriber } from "../support/subscriber.ts";
import type { World } from "../support/world.ts";

interface Page {
  readonly data: readonly Activity[];
  readonly page: { readonly nextCursor: string | null };
}

const dayMs = 86_400_000;

let world: World;
let sara: Subscriber;
let operator: Operator;
let compedAt: string;

beforeAll(async () => {
  world = await aFreshWorld();
  operator = await anOperator(world);
  sara = await aSubscriber(world);
  const { body } = await sara.subscribe(await aPrice(world), await sara.sign());
  world.pass(dayMs);
  compedAt = new Date(world.now()).toISOString();
  const comp = { periods: 1, reason: "The test says so" };
  await operator.call("POST", `/v1/operator/subscriptions/${body.data.id}/comp`, comp, crypto.randomUUID());
});

/** What the contract says of an answer's body. */
async function pageOf(call: Call, path: string): Promise<Page> {
  const { status, body } = await call("GET", path);
  expect(status).toBe(200);
  return body as unknown as Page;
}

const mine = (query = "limit=100") => pageOf(sara.call, `/v1/me/activity?${query}`);
const theirs = (query = "limit=100") =>
  pageOf(operator.call, `/v1/operator/customers/${sara.customerId}/activity?${query}`);

describe("activity", () => {
  it("says what happened in both languages, newest first, and by whom", async () => {
    const { data } = await mine();
    expect(data[0]).toMatchObject({
      type: "subscription.comped",
      by: "operator",
      at: compedAt,
      text: { fa: "دوره‌های رایگان پیش رو: ۱.", en: "Free periods to come: 1." },
    });
    const paid = data.find(({ type }) => type === "payment.succeeded");
    expect(paid).toMatchObject({
      by: "system",
      text: { fa: "۳٬۲۸۹٬۰۰۰ ریال پرداخت شد.", en: "3,289,000 Rials were paid." },
    });
    expect(data.find(({ type }) => type === "subscription.created")?.by).toBe("customer");
    expect(data.map(({ at }) => at)).toEqual(
      data
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
  });

  it("leaves out for the customer how we talk to the bank, also when it is asked for; operators see all of it", async () => {
    expect((await mine("types=payment.submitted")).data).toEqual([]);
    expect((await mine()).data.map(({ type }) => type)).not.toContain("payment.submitted");
    const { data } = await theirs();
    expect(data.map(({ type }) => type)).toContain("payment.submitted");
    expect(data).toHaveLength((await sara.events()).length);
  });

  it("goes page by page through everything, once", async () => {
    const whole = (await mine()).data;
    const seen: Activity[] = [];
    let cursor: string | null = null;
    do {
      const page: Page = await mine(`limit=3${cursor === null ? "" : `&cursor=${cursor}`}`);
      expect(page.data.length).toBeLessThanOrEqual(3);
      seen.push(...page.data);
      cursor = page.page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(whole);
  });

  it.each([
    [
      "types=payment.succeeded,invoice.paid",
      ({ type }: Activity) => ["payment.succeeded", "invoice.paid"].includes(type),
    ],
    ["by=operator", ({ by }: Activity) => by === "operator"],
    ["by=customer,system", ({ by }: Activity) => by === "customer" || by === "system"],
  ])("is filtered by %s", async (query, isWanted) => {
    for (const list of [mine, theirs]) {
      const { data } = await list(`limit=100&${query}`);
      expect(data).toEqual((await list()).data.filter(isWanted));
      expect(data).not.toEqual([]);
    }
  });

  it("is filtered by time, the first moment counted and the last one not", async () => {
    const whole = (await theirs()).data;
    const isLater = ({ at }: Activity) => at >= compedAt;
    expect((await theirs(`limit=100&since=${compedAt}`)).data).toEqual(whole.filter(isLater));
    expect((await theirs(`limit=100&until=${compedAt}`)).data).toEqual(whole.filter((each) => !isLater(each)));
    expect(whole.filter(isLater)).toHaveLength(1);
  });

  it.each(["types=payment.lost", "by=stranger", "since=yesterday", "until=2026-11-22", "types="])(
    "422 for %s",
    async (query) => {
      expect((await sara.call("GET", `/v1/me/activity?${query}`)).status).toBe(422);
    },
  );

  it("of somebody new is empty, of nobody a 404 for operators", async () => {
    const nima = await aSubscriber(world);
    expect((await pageOf(nima.call, "/v1/me/activity")).data).toEqual([]);
    const nobody = "/v1/operator/customers/cus_01kaqzv3m5e0a8r6b1x2n4y7tq/activity";
    expect((await operator.call("GET", nobody)).status).toBe(404);
    expect((await theirs("types=refund.failed")).data).toEqual([]);
  });
});
