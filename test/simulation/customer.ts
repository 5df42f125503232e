// A customer: turns a wish into requests about what they have, and goes to the bank's page where one is needed.
import { contract } from "../../contract/index.ts";
import type { Checkout } from "../../contract/checkout.ts";
import type { Invoice } from "../../contract/invoice.ts";
import type { Payment } from "../../contract/payment.ts";
import type { PaymentMethod } from "../../contract/payment-method.ts";
import type { Subscription } from "../../contract/subscription.ts";
import * as z from "zod";
import type { Catalogue } from "./catalogue.ts";
import { codeOf, dataOf, insist, type Answer, type Call } from "./client.ts";
import { live, quoted, subscribingTo, type Doer, type Made } from "./life.ts";
import type { Person } from "./people.ts";
import { endOf, type Limits, type Patience, type Payer, type Wish } from "./plan.ts";
import { randomOf, type Random } from "./random.ts";
import type { Actor } from "./scheduler.ts";
import { quotedButNot, runningOf } from "./shown.ts";
import type { World } from "./world.ts";

export interface Means {
  readonly world: World;
  readonly catalogue: Catalogue;
  readonly others: readonly Customer[];
}

interface Command {
  readonly id: number;
  readonly wish: Wish;
  readonly patience: Patience;
}

const dayMs = 86_400_000;
const minuteMs = 60_000;

export class Customer {
  readonly person: Person;
  readonly methodIds: string[] = [];
  readonly subscriptionIds: string[] = [];
  readonly paymentIds: string[] = [];
  /** Invoices that were open when they were last read. */
  openInvoiceIds: readonly string[] = [];
  /** Pages on which something can or could be paid. */
  readonly pages: string[] = [];
  /** Where agreements can be signed, newest last. */
  readonly signingUrls: string[] = [];

  constructor(person: Person) {
    this.person = person;
  }

  /** Does what one command of the plan says; over when the last answer has come. */
  async act(means: Means, command: Command): Promise<void> {
    const random = randomOf(`${means.world.plan.name} command ${command.id}`);
    await new Errand(this, means, command, random).run();
  }

  /** The payer ends the newest agreement at the bank; nobody is told. */
  async revoke({ simulator, tell }: World): Promise<void> {
    const authority = /payman_\w+/.exec(this.signingUrls.at(-1) ?? "")?.[0];
    if (authority === undefined) return;
    tell("bank", `${this.person.name} ends an agreement`);
    const body = JSON.stringify({ payman_authority: authority });
    await simulator.fetch(new Request("https://gateway.test/control/revoke", { method: "POST", body }));
  }

  remember(kind: "methodIds" | "subscriptionIds" | "paymentIds" | "signingUrls" | "pages", id: string): void {
    if (!this[kind].includes(id)) this[kind].push(id);
  }
}

/** One wish on its way. */
class Errand {
  readonly #customer: Customer;
  readonly #means: Means;
  readonly #command: Command;
  readonly #random: Random;
  readonly #actor: Actor;
  #calls = 0;

  constructor(customer: Customer, means: Means, command: Command, random: Random) {
    this.#customer = customer;
    this.#means = means;
    this.#command = command;
    this.#random = random;
    this.#actor = { name: `${customer.person.name} ${command.id}`, waitsFor: 0, isOver: false };
  }

  async run(): Promise<void> {
    const { scheduler } = this.#means.world;
    scheduler.follow(this.#actor);
    try {
      await this.#grant(this.#command.wish);
    } finally {
      this.#actor.isOver = true;
    }
  }

  async #grant(wish: Wish): Promise<unknown> {
    switch (wish.do) {
      case "sign":
        return this.#sign(wish.bank, wish.limits);
      case "subscribe":
        return this.#subscribe(wish);
      case "check_out":
        return this.#checkOut(wish.what, wish.payer);
      case "pay":
        return this.#payOverdue(wish.on, wish.payer);
      case "pay_two_pages":
        return this.#payTwoPages();
      case "follow_link":
        return this.#followLink(wish.payer);
      case "pay_old_page":
        return this.#about(this.#oldPage(wish.back), (page) => this.#payOn(page, wish.payer));
      case "cancel_subscription":
        return this.#cancel(wish.when);
      case "cancel_payment_method":
        return this.#about(this.#customer.methodIds, (paymentMethodId) =>
          this.#call({
            route: contract.paymentMethods.cancel,
            params: { paymentMethodId },
            body: {},
            key: this.#key(),
          }),
        );
      case "list_banks":
        return this.#about(this.#customer.methodIds, (paymentMethodId) =>
          this.#call({ route: contract.paymentMethods.banks, params: { paymentMethodId } }),
        );
      case "read":
        return this.#read();
      case "forge":
        return this.#forge(wish.about, wish.says, wish.times);
      default:
        return live(this.#doer(), wish);
    }
  }

  #doer(): Doer {
    return {
      customer: this.#customer,
      means: this.#means,
      random: this.#random,
      call: (call) => this.#call(call),
      key: () => this.#key(),
      pause: (ms) => this.#pause(ms),
      during: (work) => this.#means.world.scheduler.waitFor(this.#actor, work),
      patience: this.#command.patience,
      name: `reply-${this.#command.id}`,
      now: () => this.#now(),
      sign: (bank, limits, replacesId) => this.#sign(bank, limits, replacesId),
      payOn: (page, payer) => this.#payOn(page, payer),
    };
  }

  async #cancel(when: "now" | undefined): Promise<void> {
    const running = runningOf(this.#means.world, this.#customer.person.customerId);
    const subscriptionId = running[0]?.id ?? this.#customer.subscriptionIds.at(-1);
    if (subscriptionId === undefined) return;
    const body = when === undefined ? {} : { when, feedback: "unused" };
    await this.#call({ route: contract.subscriptions.cancel, params: { subscriptionId }, body, key: this.#key() });
  }

  /** A page of long ago: any, or the one that so many came after. */
  #oldPage(back: number | undefined): readonly string[] {
    const { pages } = this.#customer;
    const at = pages.length - 1 - (back ?? this.#random.between(0, Math.max(0, pages.length - 1)));
    return pages.slice(at, at + 1);
  }

  async #sign(
    bank: Extract<Wish, { do: "sign" }>["bank"],
    { days, ...limits }: Limits,
    replacesId?: string,
  ): Promise<void> {
    const expiresAt = new Date(this.#now() + days * dayMs + minuteMs).toISOString();
    const body = { ...limits, expiresAt, ...(replacesId !== undefined && { replacesId }) };
    const answer = await this.#call({ route: contract.paymentMethods.create, body, key: this.#key() });
    const opened = answer && dataOf<{ paymentMethod: PaymentMethod; banks: { readonly signingUrl: string }[] }>(answer);
    if (answer?.status !== 201 || !opened) return;
    this.#customer.remember("methodIds", opened.paymentMethod.id);
    const [first] = opened.banks;
    if (!first) return;
    this.#customer.remember("signingUrls", first.signingUrl);
    const isLate = bank === "sign_late";
    await this.#pause(
      isLate ? this.#random.between(minuteMs, 26 * 60 * minuteMs) : this.#random.between(2_000, 90_000),
    );
    await this.#visit(first.signingUrl, isLate ? "sign" : bank);
  }

  async #subscribe({ price, on, payer, extras = {} }: Extract<Wish, { do: "subscribe" }>): Promise<void> {
    const asked = subscribingTo(this.#means.catalogue, price, extras);
    const paymentMethodId = this.#customer.methodIds.at(-1);
    const way = on === "page" ? { collection: "checkout" } : { ...(paymentMethodId && { paymentMethodId }) };
    const { quote, quoteId } = await quoted(
      this.#doer(),
      { route: contract.subscriptions.preview, body: asked },
      extras,
    );
    const body = { ...asked, ...way, ...quoteId };
    const answer = await this.#call({ route: contract.subscriptions.create, body, key: this.#key() });
    if (!answer || answer.status >= 300) return;
    const made = dataOf<Made>(answer);
    const id = made?.subscription?.id ?? made?.id;
    if (id) this.#customer.remember("subscriptionIds", id);
    if (id && quote) this.#means.world.complaints.push(...quotedButNot(this.#means.world, id, quote));
    if (made?.paymentId) this.#customer.remember("paymentIds", made.paymentId);
    if (made?.checkout?.url) await this.#payOn(made.checkout.url, payer);
  }

  async #checkOut(what: "invoice" | "one_time" | "top_up", payer: Payer): Promise<void> {
    if (what === "invoice") await this.#readInvoices();
    const invoiceId = this.#customer.openInvoiceIds[0];
    if (what === "invoice" && invoiceId === undefined) return;
    const { oneTimePriceId, topUp } = this.#means.catalogue;
    const body = what === "invoice" ? { invoiceId } : { priceId: what === "top_up" ? topUp.id : oneTimePriceId };
    const answer = await this.#call({ route: contract.checkouts.create, body, key: this.#key() });
    await this.#payWhatOpened(answer, payer);
  }

  async #payTwoPages(): Promise<void> {
    const openFor = 31 * minuteMs;
    await this.#checkOut("invoice", { action: "leave", afterMs: openFor });
    const first = this.#customer.pages.at(-1);
    if (first === undefined) return;
    await this.#checkOut("invoice", { action: "pay", afterMs: minuteMs });
    await this.#payOn(first, { action: "pay", afterMs: this.#random.between(minuteMs, 3 * 60 * minuteMs) });
  }

  async #payOverdue(on: "any" | "payment_method" | "page", payer: Payer): Promise<void> {
    const paymentMethodId = this.#customer.methodIds.at(-1);
    const way = {
      any: {},
      page: { collection: "checkout" },
      payment_method: { ...(paymentMethodId && { paymentMethodId }) },
    };
    await this.#about(this.#customer.subscriptionIds, async (subscriptionId) => {
      const params = { subscriptionId };
      const call = { route: contract.subscriptions.pay, params, body: way[on], key: this.#key() };
      await this.#payWhatOpened(await this.#call(call), payer);
    });
  }

  async #payWhatOpened(answer: Answer | null, payer: Payer): Promise<void> {
    if (!answer || answer.status >= 300) return;
    const checkout = dataOf<Checkout & { readonly paymentId?: string }>(answer);
    const paymentId = checkout?.paymentId ?? (checkout?.id.startsWith("pay_") ? checkout.id : undefined);
    if (paymentId) this.#customer.remember("paymentIds", paymentId);
    if (checkout?.url) return this.#payOn(checkout.url, payer);
    if (answer.status !== 202 || !paymentId) return;
    await this.#pause(10_000);
    const later = await this.#call({ route: contract.checkouts.get, params: { paymentId } });
    const page = later?.status === 200 ? dataOf<Checkout>(later)?.url : null;
    if (page) await this.#payOn(page, payer);
  }

  async #followLink(payer: Payer): Promise<void> {
    const { messages } = this.#means.world;
    const own = messages.filter(({ to }) => to === this.#customer.person.mobile);
    const invoiceId = /\/v1\/pay\/(inv_\w+)/.exec(own.at(-1)?.text ?? "")?.[1];
    if (invoiceId === undefined) return;
    await this.#call({ route: contract.paymentLinks.show, token: null, params: { invoiceId } });
    const answer = await this.#call({ route: contract.paymentLinks.open, token: null, params: { invoiceId } });
    if (answer?.location) await this.#payOn(answer.location, payer);
  }

  /** What a payer does at a page of the gateway, sooner or later. */
  async #payOn(page: string, { action, afterMs }: Payer): Promise<void> {
    this.#customer.remember("pages", page);
    await this.#means.world.simulator.fetch(new Request(page));
    // Whoever would come when nobody looks any more does not come.
    if (this.#now() + afterMs > endOf(this.#means.world.plan)) return;
    await this.#pause(afterMs);
    await this.#visit(page, action);
  }

  /** Looks at one thing or another. */
  async #read(): Promise<void> {
    const { subscriptions, paymentMethods, payments } = contract;
    await this.#random.pick([
      async () => {
        for (const { id } of await this.#list<Subscription>(subscriptions.list))
          this.#customer.remember("subscriptionIds", id);
      },
      async () => {
        const methods = await this.#list<PaymentMethod>(paymentMethods.list);
        for (const { id, status } of methods) if (status !== "expired") this.#customer.remember("methodIds", id);
      },
      async () => {
        for (const { id } of await this.#list<Payment>(payments.list)) this.#customer.remember("paymentIds", id);
      },
      () => this.#readInvoices(),
    ])();
  }

  async #readInvoices(): Promise<void> {
    const invoices = await this.#list<Invoice>(contract.invoices.list);
    this.#customer.openInvoiceIds = invoices.filter(({ status }) => status === "open").map(({ id }) => id);
  }

  async #list<T>(route: Call["route"]): Promise<readonly T[]> {
    const answer = await this.#call({ route, query: { limit: "100" } });
    if (answer?.status !== 200) return [];
    const found = dataOf<readonly T[]>(answer) ?? [];
    return found.toReversed();
  }

  /** Callbacks and notices that the gateway never sent, about one's own things and others'. */
  async #forge(about: "own" | "foreign", says: "OK" | "NOK", times: number): Promise<void> {
    const { others, world } = this.#means;
    const whose = about === "own" ? this.#customer : this.#random.pick(others);
    const [paymentId, paymentMethodId] = [whose.paymentIds.at(-1), whose.methodIds.at(-1)];
    const authority = paymentId === undefined ? undefined : authorityOf(world, paymentId);
    for (let time = 0; time < times; time++) {
      const query = { Authority: authority ?? "A".padEnd(36, "0"), Status: says };
      const calls: readonly (Call | null)[] = [
        authority === undefined
          ? null
          : { route: contract.webhooks.zarinpal, token: null, body: { authority, status: says } },
        paymentId === undefined
          ? null
          : { route: contract.webhooks.paymentReturn, token: null, params: { paymentId }, query },
        paymentMethodId === undefined
          ? null
          : {
              route: contract.webhooks.paymentMethodReturn,
              token: null,
              params: { paymentMethodId },
              query: { status: says },
            },
      ];
      const call = this.#random.pick(calls);
      if (call) await this.#call(call);
      await this.#pause(this.#random.between(0, 2_000));
    }
  }

  /** At the bank's page, and back to us as far as the gateway sends the browser there. */
  async #visit(url: string, action: string): Promise<void> {
    const { world } = this.#means;
    const form = new Request(url, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: `action=${action}`,
      redirect: "manual",
    });
    const answer = await world.simulator.fetch(form);
    world.tell(this.#customer.person.name, `does "${action}" at ${new URL(url).pathname}`);
    const location = answer.headers.get("location");
    if (location === null) return;
    await this.#pause(this.#random.between(200, 3_000));
    const visits = world.simulator.settings.callback === "duplicate" ? 2 : 1;
    for (let visit = 0; visit < visits; visit++) await this.#open(location);
  }

  async #open(location: string): Promise<void> {
    const { world } = this.#means;
    const name = `${this.#customer.person.name} back ${this.#command.id}.${++this.#calls}`;
    const { response, isExplained } = await world.scheduler.waitFor(
      this.#actor,
      world.request(new Request(location), name),
    );
    world.tell(name, response ? `${response.status} for the way back` : "no answer on the way back");
    if (response && response.status >= 500 && !isExplained) {
      world.complaints.push(`${new URL(location).pathname} answered ${response.status}, and no fault explains it`);
    }
  }

  async #call(call: Omit<Call, "token"> & { readonly token?: string | null }): Promise<Answer | null> {
    const { world } = this.#means;
    const { person } = this.#customer;
    const name = `${person.name} ${this.#command.id}.${++this.#calls}`;
    const whole = { token: person.token, ...call };
    world.tell(name, `${call.route.method} ${call.route.path} ${JSON.stringify(call.body ?? call.query ?? {})}`);
    const sent = insist(world, whole, { ...this.#command.patience, name });
    const answer = await world.scheduler.waitFor(this.#actor, sent);
    world.tell(name, answer ? `hears ${answer.status} ${codeOf(answer.body)}` : "hears nothing");
    return answer;
  }

  async #about(ids: readonly string[], call: (id: string) => Promise<unknown>): Promise<void> {
    const id = ids.at(-1);
    if (id !== undefined) await call(id);
  }

  /** One key for each request that a command makes. */
  #key(): string {
    return `command-${this.#command.id}-${this.#calls + 1}`;
  }

  async #pause(ms: number): Promise<void> {
    await this.#means.world.scheduler.wait(this.#actor, ms);
  }

  #now(): number {
    return this.#means.world.scheduler.now;
  }
}

/** What a stranger might have seen in an address bar. */
function authorityOf({ database }: World, paymentId: string): string | undefined {
  const row = database.prepare("SELECT authority FROM payment WHERE id = ?").get(paymentId);
  return z.object({ authority: z.string() }).safeParse(row).data?.authority;
}
