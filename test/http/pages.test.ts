// Our own pages from the outside: whose forms are heard, whose things are shown, and what a browser may keep of them.
import { beforeAll, describe, expect, it } from "vitest";
import { aBrowser } from "../support/browser.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { anOperator } from "../support/operator.ts";
import { aSubscriber, type Subscriber } from "../support/subscriber.ts";
import { publicUrl, type World } from "../support/world.ts";
import { pages } from "../../server/page/pages.ts";

const dayMs = 86_400_000;

let world: World;
let sara: Subscriber;
let agreementId: string;
let priceId: string;

beforeAll(async () => {
  world = await aFreshWorld();
  priceId = await aPrice(world);
  sara = await aSubscriber(world);
  agreementId = await sara.sign();
});

async function shown(path: string, who: { readonly token: string } | null = null): Promise<Response> {
  return aBrowser(world, who).shown(path);
}

async function sent(
  path: string,
  fields: Readonly<Record<string, string>>,
  { who = sara, origin }: { who?: { readonly token: string }; origin?: string | null } = {},
): Promise<Response> {
  return aBrowser(world, who).sent(path, fields, origin);
}

describe("a form", () => {
  it.each([["https://elsewhere.example"], ["null"], [null]])(
    "that stood on a page of %s is not heard, whoever's session comes along",
    async (origin) => {
      const response = await sent("/account", { do: "cancelAgreement", id: agreementId, once: "a" }, { origin });
      expect(response.status).toBe(403);
      expect(await response.text()).toContain("did not come from a page of ours");
      expect((await sara.paymentMethod(agreementId)).status).toBe("active");
    },
  );

  it("about another person's agreement finds nothing, as one about none does", async () => {
    const stranger = await aSubscriber(world);
    const fields = { do: "cancelAgreement", once: "b" };
    const others = await sent("/account", { ...fields, id: agreementId }, { who: stranger });
    const nobodys = await sent("/account", { ...fields, id: "pm_01kaqzv3m5e0a8r6b1x2n4y7tq" }, { who: stranger });
    expect([others.status, nobodys.status]).toEqual([404, 404]);
    expect(await others.text()).toBe(await nobodys.text());
    expect((await sara.paymentMethod(agreementId)).status).toBe("active");
  });

  it("sent twice at once has its effect once, and both are led on alike", async () => {
    const mina = await aSubscriber(world);
    const paymentMethodId = await mina.sign();
    const fields = { do: "debit", paymentMethodId, once: "c" };
    const clicks = await Promise.all([1, 2].map(() => sent(`/subscribe/${priceId}`, fields, { who: mina })));
    const ways = clicks.map(({ status, headers }) => [status, headers.get("location")]);
    expect(ways[0]).toEqual([303, "/account?done=subscribed"]);
    expect(ways[1]).toEqual(ways[0]);
    expect(await mina.payments()).toHaveLength(1);
  });

  it("that asks for nothing its page can do finds nothing", async () => {
    for (const name of ["constructor", "toString", ""]) {
      expect((await sent("/account", { do: name, once: "d" })).status).toBe(404);
    }
  });

  it("that is too large is not read", async () => {
    expect((await sent("/account", { do: "x".repeat(17_000) })).status).toBe(413);
  });

  it("that is refused is shown again with the reason at its field, and what was typed", async () => {
    const reza = await aSubscriber(world);
    const response = await sent(
      `/subscribe/${priceId}`,
      { do: "sign", nationalId: "1111111111", once: "e" },
      { who: reza },
    );
    const html = await response.text();
    expect(response.status).toBe(422);
    expect(html).toContain("A national id has ten digits");
    expect(html).toMatch(/<input[^>]+name="nationalId"[^>]+value="1111111111"[^>]+aria-invalid="true"/);
  });
});

describe("a page for subscribers", () => {
  const own = pages.filter(({ who }) => who === "subscriber").map(({ path }) => path.replaceAll(/:\w+/g, "x"));

  it.each(own)("%s leads whoever is not signed in to the door, and back", async (path) => {
    const response = await shown(path);
    expect([response.status, response.headers.get("location")]).toEqual([
      303,
      `/sign-in?next=${encodeURIComponent(path)}`,
    ]);
  });

  it("shows nobody another person's things", async () => {
    const stranger = await aSubscriber(world);
    const [payment] = await paidBySara();
    const [subscription] = (await sara.call<{ id: string }[]>("GET", "/v1/subscriptions")).body.data;
    const paths = [
      `/account/payment-methods/${agreementId}`,
      `/account/payments/${payment?.id}`,
      ...["pay", "change", "pause", "cancel", "sign"].map((name) => `/account/${name}/${subscription?.id}`),
    ];
    for (const path of paths) {
      expect([path, (await shown(path, sara)).status]).toEqual([path, 200]);
      expect([path, (await shown(path, stranger)).status]).toEqual([path, 404]);
    }
  });

  it("is kept by nobody, runs no script, and tells its address to no other site", async () => {
    const { headers, status } = await shown("/account", sara);
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(headers.get("vary")).toContain("cookie");
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("script-src");
    expect(policy).toContain("frame-ancestors 'none'");
  });

  it("is not for operators", async () => {
    const operator = await anOperator(world);
    const response = await shown("/account", operator);
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("for subscribers");
  });
});

describe("what is owed", () => {
  it("is said first, with its amount and a button; declined, paid by debit, or paid on the gateway's page", async () => {
    const reza = await aSubscriber(world);
    const { body } = await reza.subscribe(priceId, await reza.sign());
    const money = (rials: number) => world.simulator.configure({ balances: { [reza.mobile]: rials } });
    money(0);
    await reza.advance("2026-12-22T20:00:00Z");
    const address = `/account/pay/${body.data.id}`;
    const account = await (await shown("/account", reza)).text();
    expect(account).toMatch(/You owe.*328,900 Toman.*If you do nothing, we debit again on.*not paid yet/s);
    expect(account).toContain(`href="${address}"`);
    expect(await (await shown(address, reza)).text()).toMatch(/328,900 Toman.*3,289,000 Rials/s);

    const declined = await sent(address, { do: "debit", once: "f" }, { who: reza });
    expect(declined.status).toBe(402);
    expect(await declined.text()).toContain("nothing was taken from your account");
    money(9_000_000);
    const paid = await sent(address, { do: "debit", once: "g" }, { who: reza });
    expect([paid.status, paid.headers.get("location")]).toEqual([303, "/account?done=paid"]);

    money(0);
    await reza.advance("2027-01-22T20:00:00Z");
    const led = await sent(address, { do: "checkout", once: "h" }, { who: reza });
    expect(led.status).toBe(303);
    expect(new URL(led.headers.get("location") ?? "").pathname).toMatch(/^\/pg\/StartPay\//);
    // A second click, and a third one later, lead to the same page.
    const again = await sent(address, { do: "checkout", once: "i" }, { who: reza });
    expect(again.headers.get("location")).toBe(led.headers.get("location"));
  });
});

describe("a payment of what is owed", () => {
  it("that the bank has not told of leaves no button to pay again; one that it declined has one", async () => {
    const reza = await aSubscriber(world);
    const { body } = await reza.subscribe(priceId, await reza.sign());
    world.simulator.configure({ balances: { [reza.mobile]: 0 } });
    await reza.advance("2026-12-22T20:00:00Z");
    const address = `/account/pay/${body.data.id}`;
    const inMain = async (path: string) =>
      (await (await shown(path, reza)).text()).split("<main")[1]?.split("</main")[0];
    const [declined] = await reza.payments();
    expect(await inMain(`/account/payments/${declined?.id}`)).toContain(`<a class="button" href="${address}"`);

    world.simulator.fault({ call: "payman/checkout", fault: { kind: "drop_after" } });
    world.simulator.fault({ call: "payment/inquiry", fault: { kind: "drop_before" } });
    world.simulator.configure({ balances: { [reza.mobile]: 9_000_000 } });
    await sent(address, { do: "debit", once: "o" }, { who: reza });
    const asking = await inMain(address);
    expect(asking).toContain("The bank has not told us yet what became of your payment of 328,900 Toman");
    expect(asking).not.toContain("<button");

    await world.live(600_000, 300_000);
    expect(await inMain(address)).toContain("nothing left to pay");
    const settled = await inMain(`/account/payments/${declined?.id}`);
    expect(settled).toContain("Nothing was taken from your account");
    expect(settled).not.toMatch(/try again|account\/pay\//);
  });
});

describe("what a subscription begins with", () => {
  it("is its first payment, and no debt", async () => {
    const ali = await aSubscriber(world);
    const { body } = await ali.subscribeByPage(priceId);
    for (const path of ["/account", `/account/pay/${body.data.subscription.id}`]) {
      const html = await (await shown(path, ali)).text();
      expect(html).toMatch(/First payment.*328,900 Toman/s);
      expect(html).not.toMatch(/You owe|what is due/);
    }
  });
});

describe("a change that the direct debit is too small for", () => {
  it("leads to signing another one or to another choice, and promises no other way", async () => {
    const ali = await aSubscriber(world);
    const large = await aPrice(world, { amountRials: 9_000_000 });
    const { body } = await ali.subscribe(priceId, await ali.sign());
    const address = `/account/change/${body.data.id}`;
    const html = await (await shown(`${address}?to=${large}`, ali)).text();
    expect(html).toContain(`href="/account/sign/${body.data.id}?for=${large}"`);
    expect(html).toContain(`href="${address}"`);
    expect(html).not.toContain("pay by card");
  });
});

describe("a bank", () => {
  it("has its name in the language of the page, and the gateway's where we do not know its code", async () => {
    const mina = await aSubscriber(world);
    const [known] = world.simulator.settings.banks;
    const { id } = await mina.open();
    const html = await (await shown(`/account/payment-methods/${id}`, mina)).text();
    expect(known?.name).toBe("بانک سامان");
    expect(html).toContain("Sign at Saman");
    expect(html).not.toContain("بانک سامان");
  });
});

describe("where a page stands", () => {
  it.each(["/account/mobile", "/account/buyer", "/account/erase"])("is, for %s, among the settings", async (path) => {
    const lit = /<a href="([^"]+)" aria-current/g;
    const html = await (await shown(path, sara)).text();
    expect([...html.matchAll(lit)].map(([, to]) => to)).toEqual(["/account/settings"]);
  });
});

describe("what is about to be debited", () => {
  it("is no debt yet", async () => {
    const ali = await aSubscriber(world);
    await ali.subscribe(priceId, await ali.sign());
    // Early on the day that is due: it is collected in the morning.
    await ali.advance("2026-12-21T21:30:00Z");
    const account = await (await shown("/account", ali)).text();
    expect(account).toContain("328,900 Toman for this period is about to be debited");
    expect(account).not.toContain("You owe");
  });
});

describe("what is bought once", () => {
  it("leads to the gateway's page, and to no other price's", async () => {
    const once = await aPrice(world, {
      interval: null,
      amountRials: 500_000,
      terms: { topUpMessages: 300, topUpDays: 30 },
    });
    const html = await (await shown("/account/extras", sara)).text();
    expect(html).toContain("300 messages for 30 days");
    const response = await sent("/account/extras", { do: "buy", id: once, once: "j" });
    expect([response.status, response.headers.get("location")]).toEqual([303, expect.stringContaining("/StartPay/")]);
    expect((await sent("/account/extras", { do: "buy", id: priceId, once: "k" })).status).toBe(409);
  });
});

describe("seats and add-ons", () => {
  it("are quoted and changed with what was asked for, and stay where nobody asked", async () => {
    const mina = await aSubscriber(world);
    const seat = await aPrice(world, { amountRials: 500_000 });
    const storage = await aPrice(world, { amountRials: 100_000, addOn: true });
    await mina.subscribe(seat, await mina.sign());
    const held = async () =>
      (await mina.call<{ id: string; quantity: number; addOns: unknown[] }[]>("GET", "/v1/subscriptions")).body.data[0];
    const address = `/account/change/${(await held())?.id}?to=${seat}&quantity=3&on-${storage}=2`;
    const quoted = await (await shown(address, mina)).text();
    expect(quoted).toContain(`name="on-${storage}" value="2"`);
    const fields = { do: "confirm", priceId: seat, quantity: "۳", [`on-${storage}`]: "2", once: "l" };
    expect((await sent(address, fields, { who: mina })).status).toBe(303);
    expect(await held()).toMatchObject({ quantity: 3, addOns: [{ priceId: storage, quantity: 2 }] });
  });

  it("are quoted before there is a subscription, and bought as they were quoted", async () => {
    const ali = await aSubscriber(world);
    const seat = await aPrice(world, { amountRials: 500_000 });
    const storage = await aPrice(world, { amountRials: 100_000, addOn: true });
    const yearly = await aPrice(world, { amountRials: 900_000, addOn: true, interval: "year" });
    const address = `/subscribe/${seat}?quantity=3&on-${storage}=2`;
    const paymentMethodId = await ali.sign();
    const quoted = await (await shown(address, ali)).text();
    expect(quoted).toContain("187,000 Toman");
    expect(quoted).toContain(`name="on-${storage}" value="2"`);
    expect(quoted).not.toContain(yearly);
    const fields = { do: "debit", paymentMethodId, quantity: "3", [`on-${storage}`]: "2", once: "m" };
    expect((await sent(address, fields, { who: ali })).headers.get("location")).toBe("/account?done=subscribed");
    const held = await ali.call<unknown[]>("GET", "/v1/subscriptions");
    expect(held.body.data).toMatchObject([{ quantity: 3, addOns: [{ priceId: storage, quantity: 2 }] }]);
  });

  it("are signed for with a ceiling that they fit under", async () => {
    const reza = await aSubscriber(world);
    const seat = await aPrice(world, { amountRials: 3_000_000 });
    const address = `/subscribe/${seat}?quantity=2`;
    expect(await (await shown(address, reza)).text()).not.toContain('name="paymentMethodId"');
    const { headers } = await sent(address, { do: "sign", once: "n" }, { who: reza });
    const id = new URL(headers.get("location") ?? "", publicUrl).pathname.split("/").at(-1) ?? "";
    expect((await reza.paymentMethod(id)).maxAmountRials).toBe(14_000_000);
  });

  it("are refused when they are no number of seats", async () => {
    const address = `/account/change/${(await sara.call<{ id: string }[]>("GET", "/v1/subscriptions")).body.data[0]?.id}`;
    for (const quantity of ["0.5", "1001", "many"]) {
      expect((await shown(`${address}?to=${priceId}&quantity=${quantity}`, sara)).status).toBe(422);
    }
  });
});

describe("the buyer of invoices", () => {
  const company = {
    do: "save",
    kind: "legal",
    name: "Roshan Co.",
    legalId: "۱۰۳۸۰۲۸۴۷۹۰",
    nationalId: "",
    economicCode: "",
    postalCode: "۱۱۹۳۶۵۳۴۷۱",
    address: "Tehran, Azadi Street 1",
  };

  it("is written down as it was typed, and shown with its middle hidden", async () => {
    const mina = await aSubscriber(world);
    const response = await sent("/account/buyer", { ...company, once: "f" }, { who: mina });
    expect([response.status, response.headers.get("location")]).toEqual([303, "/account/buyer?done=saved"]);
    const html = await (await shown("/account/buyer", mina)).text();
    expect(html).toContain("Roshan Co.");
    expect(html).toContain("103******90");
    expect(html).not.toContain("10380284790");
  });

  it.each([
    ["legalId", { legalId: "10380284791" }],
    ["legalId", { legalId: "" }],
    ["nationalId", { kind: "natural", nationalId: "1111111111" }],
    ["postalCode", { postalCode: "12" }],
    ["address", { address: "x" }],
    ["name", { name: "x" }],
    ["economicCode", { economicCode: "12" }],
  ])("is refused at its %s when that is wrong", async (field, wrong) => {
    const response = await sent("/account/buyer", {
      ...company,
      once: `${field}-${Object.values(wrong).join()}`,
      ...wrong,
    });
    expect(response.status).toBe(422);
    expect(await response.text()).toContain(`id="${field}-wrong" role="alert"`);
  });
});

describe("leaving for good", () => {
  it("has to be meant", async () => {
    const response = await sent("/account/erase", { do: "erase", once: "g" }, { who: await aSubscriber(world) });
    expect(response.status).toBe(422);
    expect(await response.text()).toContain("Tick the box if you are sure.");
  });

  it("waits until all is settled, and says so", async () => {
    const response = await sent("/account/erase", { do: "erase", sure: "on", once: "h" });
    expect(response.status).toBe(409);
    expect(await response.text()).toContain("Something is still open");
  });

  it("leads to the plans, signed out, with nobody behind the account", async () => {
    const reza = await aSubscriber(world);
    const response = await sent("/account/erase", { do: "erase", sure: "on", once: "i" }, { who: reza });
    expect([response.status, response.headers.get("location")]).toEqual([303, "/products?done=erased"]);
    expect((await shown("/account", reza)).headers.get("location")).toContain("/sign-in");
  });
});

describe("the door", () => {
  it.each(["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)"])(
    "never leads to %s",
    async (back) => {
      const response = await sent("/preferences", { do: "look", look: "dark", back });
      expect([response.status, response.headers.get("location")]).toEqual([303, "/products"]);
    },
  );

  it("keeps the language that somebody chose, whatever the browser prefers", async () => {
    const chosen = await sent("/preferences", { do: "language", language: "fa", back: "/products?done=saved" });
    expect(chosen.headers.get("location")).toBe("/products?done=saved");
    const [cookie = ""] = chosen.headers.getSetCookie();
    expect(cookie).toMatch(/^sarresid\.language=fa; Max-Age=31536000; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    const [pair = ""] = cookie.split(";");
    const request = new Request(`${publicUrl}/products`, { headers: { "accept-language": "en", cookie: pair } });
    expect(await (await world.fetch(request)).text()).toContain('<html lang="fa" dir="rtl"');
  });

  it("is at the front: to the plans for a stranger, to their subscription for who is signed in", async () => {
    const ways = [await shown("/"), await shown("/", sara)].map(({ headers }) => headers.get("location"));
    expect(ways).toEqual(["/products", "/account"]);
  });

  it("says what a price is with VAT", async () => {
    expect(await (await shown("/products")).text()).toContain("3,289,000 Rials");
  });
});

describe("a direct debit that ends", () => {
  it("is no promise beyond its end, and has the way to a new one on each page that asks for it", async () => {
    const mina = await aSubscriber(world);
    const methodId = await mina.sign({ expiresAt: new Date(world.now() + 32 * dayMs).toISOString() });
    const { body } = await mina.subscribe(priceId, methodId);
    await mina.advance("2026-12-23T20:00:00Z");
    // The agreement ends by the wall clock, whatever the time of who has signed it.
    await world.live(3 * dayMs, dayMs);
    const account = await (await shown("/account", mina)).text();
    expect(account).toContain("yours ends before that");
    expect(account).not.toContain("Automatically, from the direct debit");
    const way = `<a class="button" href="/account/sign/${body.data.id}"`;
    expect(account).toContain(way);
    expect(await (await shown(`/account/payment-methods/${methodId}`, mina)).text()).toContain(way);
  });
});

async function paidBySara() {
  await sara.subscribe(priceId, agreementId);
  await world.drain();
  return sara.payments();
}
