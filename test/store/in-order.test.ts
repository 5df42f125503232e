import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { checkInvariants } from "../../server/store/invariants.ts";

const second = 1_000;
const minute = 60 * second;
const iso = (at: number) => new Date(at).toISOString();
const start = Date.parse("2026-11-22T08:00:00Z");

/** An event in the log, of which nothing but its kind, time and payment matters here. */
interface Said {
  readonly type: string;
  readonly at: number;
  readonly data: Readonly<Record<string, unknown>>;
}

let streams = 0;

/** Writes a customer's log and answers which of the named invariants it breaks. */
async function broken(name: string, said: readonly Said[]): Promise<readonly unknown[]> {
  const stream = `cus_${String(++streams).padStart(26, "0")}`;
  const hash = "0".repeat(64);
  const inserts = said.map(({ type, at, data }, index) =>
    env.DB.prepare(
      `INSERT INTO billing_event (id, stream, seq, epoch, type, version, at, actor, data, prev_hash, hash)
        VALUES (?, ?, ?, 1, ?, 1, ?, 'system', ?, ?, ?)`,
    ).bind(`evt_${streams}_${index}`, stream, index + 1, type, at, JSON.stringify(data), hash, hash),
  );
  await env.DB.batch(inserts);
  const checked = await checkInvariants(env.DB);
  return (checked.find((one) => one.name === name)?.offenders ?? []).filter(({ event_id }) =>
    String(event_id).startsWith(`evt_${streams}_`),
  );
}

function intent(type: string, paymentId: string, at: number, sendBefore = at + 20 * second): Said {
  const data = { paymentId, invoiceId: "inv_1", sendBefore: iso(sendBefore), settlesAfter: iso(sendBefore + minute) };
  return { type, at, data };
}

function about(type: string, paymentId: string, at: number, more: Readonly<Record<string, unknown>> = {}): Said {
  return { type, at, data: { paymentId, invoiceId: "inv_1", ...more } };
}

it("names a second intent before the first has settled, and none after", async () => {
  const first = intent("payment.verifying", "pay_1", start);
  const after = intent("payment.verifying", "pay_1", start + 80 * second);
  expect(await broken("intents_do_not_overlap", [first, after])).toEqual([]);
  const within = intent("payment.verifying", "pay_1", start + 70 * second);
  expect(await broken("intents_do_not_overlap", [first, within])).toHaveLength(1);
  expect(await broken("intents_do_not_overlap", [first, intent("payment.submitted", "pay_2", start)])).toEqual([]);
});

it("names an intent that was over when it was written", async () => {
  expect(await broken("intents_are_not_over", [intent("payment.verifying", "pay_1", start)])).toEqual([]);
  const over = intent("payment.verifying", "pay_1", start, start - second);
  expect(await broken("intents_are_not_over", [over])).toHaveLength(1);
});

it("names surplus of an invoice that nothing else had paid, neither money nor credit", async () => {
  const paid = about("payment.succeeded", "pay_1", start);
  const surplus = about("payment.surplus", "pay_2", start);
  expect(await broken("surplus_is_second", [paid, surplus])).toEqual([]);
  const byCredit = about("invoice.paid", "pay_2", start, { paymentId: undefined });
  expect(await broken("surplus_is_second", [byCredit, surplus])).toEqual([]);
  expect(await broken("surplus_is_second", [surplus, paid])).toHaveLength(1);
  expect(await broken("surplus_is_second", [about("payment.succeeded", "pay_2", start), surplus])).toHaveLength(1);
});

it("names a debit sent within five minutes of five unknowns, and not the probe after them", async () => {
  const unknowns = Array.from({ length: 5 }, (_, at) => about("payment.unknown", `pay_${at}`, start + at * second));
  const name = "no_debit_while_the_gateway_is_silent";
  const later = start + 100 * minute;
  // The database itself forbids what is to be found.
  await env.DB.prepare("DROP TRIGGER billing_event_submits_only_while_gateway_answers").run();
  expect(await broken(name, [...unknowns, intent("payment.submitted", "pay_9", start + 6 * minute)])).toEqual([]);
  const again = unknowns.map(({ at, ...said }) => ({ ...said, at: at + 100 * minute }));
  expect(await broken(name, [...again, intent("payment.submitted", "pay_9", later + minute)])).toHaveLength(1);
});

it("names a debit that began before anybody had asked about the page that closed", async () => {
  const page = [about("payment.opened", "pay_1", start), about("payment.closed", "pay_1", start)];
  const debit = about("payment.created", "pay_2", start, { kind: "debit" });
  const name = "a_debit_waits_for_closed_pages";
  expect(await broken(name, [...page, about("payment.asked", "pay_1", start, { told: true }), debit])).toEqual([]);
  expect(await broken(name, [...page, about("payment.asked", "pay_1", start, { told: false }), debit])).toHaveLength(1);
  const other = about("payment.created", "pay_2", start, { kind: "debit", invoiceId: "inv_2" });
  expect(await broken(name, [...page, other])).toEqual([]);
});
