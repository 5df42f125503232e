// The operator of a history: turns the switch, gives money back, and decides what waits for a person, by what the bank and
// the gateway's own panel say.
import { contract } from "../../contract/index.ts";
import type { Exception } from "../../contract/exception.ts";
import type { Refund } from "../../contract/refund.ts";
import type { LedgerEntry } from "../simulator/simulator.ts";
import { dataOf, insist, type Answer, type Call } from "./client.ts";
import type { Person } from "./people.ts";
import type { Favour, Patience, RefundOrder } from "./plan.ts";
import { randomOf } from "./random.ts";
import type { Actor } from "./scheduler.ts";
import { newestPaidInvoice, runningOf } from "./shown.ts";
import type { World } from "./world.ts";

/** Operators have time: they try again until they are answered. */
const patient: Patience = { retries: 100, afterMs: 10_000, twice: false };
const reason = "simulated";
/** Paying out by hand takes so long at most: two of them, one after the other, are over within the 48 hours at the end. */
/** The simulator's latest effects come thirty hours late. */
const longestLateMs = 31 * 3_600_000;
const longestPayOutMs = 20 * 3_600_000;

export class Operator {
  readonly #world: World;
  readonly #person: Person;

  constructor(world: World, person: Person) {
    this.#world = world;
    this.#person = person;
  }

  /** Stops or resumes new debits for everybody. */
  async turn(collecting: boolean, name: string): Promise<void> {
    this.#world.tell(this.#person.name, collecting ? "resumes collecting" : "stops collecting");
    const body = { collecting, reason };
    const key = `${collecting ? "resume" : "stop"}-${name}`;
    const answer = await this.#ask({ route: contract.operator.setCollecting, body, key });
    if (answer?.status !== 200) this.#world.complaints.push(`the switch answered ${answer?.status ?? "nothing"}`);
  }

  /** Gives the customer's newest money back, or a part of it; what is paid out by hand is recorded later. */
  async refund(customerId: string, { method, share, times, twice }: RefundOrder, name: string): Promise<void> {
    const payment = newestPaid(this.#world, customerId, ["succeeded", "surplus"]);
    if (!payment) return;
    this.#world.tell(this.#person.name, `gives ${share === 1 ? "all" : share} of ${payment.id} back, ${method}`);
    const amountRials = share === 1 ? {} : { amountRials: Math.max(1, Math.floor(payment.amountRials * share)) };
    const body = { paymentId: payment.id, method, reason, ...amountRials };
    const orders = Array.from({ length: times }, (_, index) =>
      this.#ask({ route: contract.refunds.create, body, key: `refund-${name}-${index}` }, twice),
    );
    for (const answer of await Promise.all(orders)) {
      const refund = answer?.status === 201 ? dataOf<Refund>(answer) : undefined;
      if (refund?.method === "manual" && refund.status === "pending") await this.#payOut(refund, name);
    }
  }

  /** Gives the customer something, or takes credit back; nothing when there is nothing that it could be about. */
  async favour(customerId: string, favour: Favour, name: string): Promise<void> {
    const call = this.#callOf(customerId, favour);
    if (!call) return;
    const { what, ...much } = favour;
    this.#world.tell(this.#person.name, `grants ${what.replace("_", " ")} ${JSON.stringify(much)} to ${customerId}`);
    await this.#ask({ ...call, key: `${what}-${name}` });
  }

  #callOf(customerId: string, favour: Favour): Omit<Call, "token"> | null {
    const subscriptionId = runningOf(this.#world, customerId)[0]?.id;
    switch (favour.what) {
      case "credit": {
        const body = { amountRials: favour.rials, reason };
        return { route: contract.credits.adjust, params: { customerId }, body };
      }
      case "credit_note": {
        const invoice = newestPaidInvoice(this.#world, customerId);
        if (!invoice) return null;
        const amountRials = Math.max(1, Math.floor(invoice.totalRials * favour.share));
        const body = { amountRials, kind: "goodwill", reason };
        return { route: contract.credits.issueNote, params: { invoiceId: invoice.id }, body };
      }
      case "extend":
      case "comp": {
        if (subscriptionId === undefined) return null;
        const body = favour.what === "extend" ? { days: favour.days, reason } : { periods: favour.periods, reason };
        return { route: contract.subscriptions[favour.what], params: { subscriptionId }, body };
      }
      default:
        return favour satisfies never;
    }
  }

  /** The bank takes the customer's newest captured payment back; somebody notices and says so. */
  async noticeReversal(customerId: string, afterMs: number, name: string): Promise<void> {
    const payment = newestPaid(this.#world, customerId, ["succeeded", "surplus", "refunded"]);
    const { simulator, scheduler } = this.#world;
    const isCaptured = simulator.ledger().some((it) => it.authority === payment?.authority && it.state === "captured");
    if (!payment || !isCaptured) return;
    this.#world.tell("bank", `takes ${payment.id} back`);
    simulator.reverse(payment.authority);
    await this.#alone(`Operator ${name}`, (actor) => scheduler.wait(actor, afterMs));
    const body = { authority: payment.authority };
    await this.#ask({ route: contract.webhooks.zarinpal, body, isPublic: true }, false, `notice-${name}`);
  }

  /** Brings the gateway's own file of what it paid out since the beginning. */
  async importPayouts(name: string): Promise<void> {
    const { simulator, plan, scheduler } = this.#world;
    const csv = simulator.payoutCsv(plan.startsAt, scheduler.now);
    if (csv.trim().split("\n").length < 2) return;
    this.#world.tell(this.#person.name, "imports the gateway's payouts");
    const call = { route: contract.payouts.create, body: { csv, reason }, key: `payouts-${name}` };
    const answer = await this.#ask(call);
    if (answer?.status !== 201) this.#world.complaints.push(`the payouts answered ${JSON.stringify(answer)}`);
  }

  /** Asks the gateway for what was paid and not captured. */
  async lookForUnverified(name: string): Promise<void> {
    this.#world.tell(this.#person.name, "looks for unverified payments");
    await this.#ask({ route: contract.reconciliations.checkUnverified, body: {}, key: `unverified-${name}` });
  }

  /** Decides everything that waits; in the middle of things it may be that the gateway is asked once more. */
  async decideAll(name: string, mayAskAgain = false): Promise<void> {
    const answer = await this.#ask({ route: contract.exceptions.list, query: { limit: "100" } }, false, name);
    const waiting = (answer && dataOf<readonly Exception[]>(answer)) ?? [];
    for (const exception of waiting) {
      this.#world.tell(this.#person.name, `decides ${exception.kind} of ${exception.id}`);
      await this.#decide(exception, `${name}-${exception.id}`, mayAskAgain);
    }
  }

  async #decide({ id, kind, customerId }: Exception, key: string, mayAskAgain: boolean): Promise<unknown> {
    switch (kind) {
      case "payment_review":
      case "payment_surplus": {
        const params = { paymentId: id };
        const asksAgain = mayAskAgain && randomOf(`${this.#world.plan.name} decision ${key}`).chance(0.5);
        const body = asksAgain ? { decision: "ask_again", reason } : this.#verdictOn(id);
        return this.#ask({ route: contract.exceptions.resolve, params, body, key });
      }
      case "refund_waiting":
        return this.#endRefund(id, key);
      case "customer_stuck": {
        const params = { customerId: customerId ?? id };
        return this.#ask({ route: contract.exceptions.resume, params, body: { reason }, key });
      }
      default: {
        const params = { exceptionId: id };
        return this.#ask({ route: contract.exceptions.acknowledge, params, body: { reason }, key });
      }
    }
  }

  /** What the gateway's panel shows: whether it keeps the money, and under which reference. */
  #verdictOn(paymentId: string) {
    const { simulator, database } = this.#world;
    const entry = simulator.ledger().find((it) => it.orderId === paymentId && isKept(it));
    if (!entry) return { decision: "fail", reason };
    // What the gateway only holds it may give back by itself: asked again, it lets us take it.
    if (entry.state === "held") return { decision: "ask_again", reason };
    const reference = String(entry.refId);
    const isTaken = database.prepare("SELECT 1 FROM payment WHERE ref_id = ? AND id <> ?").get(reference, paymentId);
    // The gateway gave it to two payments: one of them is told apart by hand.
    return { decision: "settle", reference: isTaken ? `${reference}-${paymentId.slice(-6)}` : reference, reason };
  }

  /**
   * A refund whose end nobody told: the gateway's panel lists those that it made. One that it has not made yet may still be
   * on its way there: whoever says at once that it failed may be wrong a day later.
   */
  async #endRefund(refundId: string, key: string): Promise<unknown> {
    const { database, simulator, scheduler } = this.#world;
    const columns = "payment_id, amount_rials, method, send_before";
    const row = database.prepare(`SELECT ${columns} FROM refund WHERE id = ?`).get(refundId);
    if (!row) return undefined;
    const booked = database
      .prepare("SELECT COUNT(*) AS n FROM refund WHERE payment_id = ? AND method = 'refund' AND status = 'succeeded'")
      .get(String(row["payment_id"]));
    const entry = simulator.ledger().find((it) => it.orderId === row["payment_id"]);
    const isGiven = row["method"] === "manual" || (entry?.refunds.length ?? 0) > Number(booked?.["n"]);
    if (!isGiven && scheduler.now < Number(row["send_before"]) + longestLateMs) return undefined;
    const body = isGiven ? { reference: `hand-${refundId.slice(-10)}`, reason } : { reason };
    const route = isGiven ? contract.refunds.settle : contract.refunds.fail;
    return this.#ask({ route, params: { refundId }, body, key });
  }

  async #payOut(refund: Refund, name: string): Promise<void> {
    const random = randomOf(`${this.#world.plan.name} pay-out ${refund.id}`);
    await this.#alone(`Operator pay-out ${name}`, (actor) =>
      this.#world.scheduler.wait(actor, random.between(0, longestPayOutMs)),
    );
    const isPaid = random.chance(0.8);
    const body = isPaid ? { reference: `hand-${refund.id.slice(-10)}`, reason } : { reason };
    const route = isPaid ? contract.refunds.settle : contract.refunds.fail;
    await this.#ask({ route, params: { refundId: refund.id }, body, key: `end-${refund.id}` });
  }

  async #ask(
    { isPublic = false, ...call }: Omit<Call, "token"> & { readonly isPublic?: boolean },
    twice = false,
    name = call.key ?? "",
  ): Promise<Answer | null> {
    const token = isPublic ? null : this.#person.token;
    return insist(this.#world, { token, ...call }, { ...patient, twice, name: `Operator ${name}` });
  }

  async #alone(name: string, work: (actor: Actor) => Promise<void>): Promise<void> {
    const actor: Actor = { name, waitsFor: 0, isOver: false };
    this.#world.scheduler.follow(actor);
    try {
      await work(actor);
    } finally {
      actor.isOver = true;
    }
  }
}

function isKept({ state }: LedgerEntry): boolean {
  return state === "held" || state === "captured";
}

interface Paid {
  readonly id: string;
  readonly authority: string;
  readonly amountRials: number;
}

/** As an operator's dashboard shows it. */
function newestPaid({ database }: World, customerId: string, statuses: readonly string[]): Paid | undefined {
  const row = database
    .prepare(
      `SELECT id, authority, amount_rials FROM payment WHERE customer_id = ? AND settled_at IS NOT NULL
         AND status IN (SELECT value FROM json_each(?)) ORDER BY id DESC LIMIT 1`,
    )
    .get(customerId, JSON.stringify(statuses));
  return (
    row && { id: String(row["id"]), authority: String(row["authority"]), amountRials: Number(row["amount_rials"]) }
  );
}
