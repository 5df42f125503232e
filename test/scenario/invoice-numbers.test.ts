// Invoice numbers under load: many finalise at once while others are voided, statements fail and answers are lost.
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { InvoiceId } from "../../contract/common/id.ts";
import { decideCloseInvoice } from "../../server/billing/close-invoice.ts";
import { wallOf } from "../../server/billing/clock.ts";
import { newCustomer } from "../../server/billing/customer.ts";
import { newCustomerId } from "../../server/billing/ids.ts";
import { purchaseInvoice } from "../../server/billing/invoice.ts";
import { isRejection } from "../../server/billing/rejection.ts";
import type { Deps } from "../../server/deps.ts";
import { checkInvariants } from "../../server/store/invariants.ts";
import { transact } from "../../server/store/transact.ts";
import { d1Around } from "../support/d1-around.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { aOneTimePrice } from "../support/purchase.ts";

const finalisations = 2_000;
const lanes = 48;
/** Four in a row are one customer's: they race for the stream as well as for the number. */
const perCustomer = 4;

/** Each third round trip or so goes wrong: refused before it took effect, or its answer is lost after it did. */
function shaken(deps: Deps, seed: number): { readonly deps: Deps; readonly faults: () => number } {
  let state = seed;
  let faults = 0;
  const chance = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const around = async <T>(_: readonly string[], effect: () => Promise<T>): Promise<T> => {
    const luck = chance();
    if (luck > 0.15) return effect();
    faults++;
    if (luck > 0.07) await effect();
    throw new Error("D1_ERROR: Network connection lost.");
  };
  return { deps: { ...deps, db: d1Around(deps.db, { around }) }, faults: () => faults };
}

it(`${finalisations} finalisations, ${lanes} in flight, mixed with voids and faults: no gap, no duplicate`, async () => {
  const world = await aFreshWorld();
  const priceId = await aOneTimePrice(world);
  const plain = { ...world.invocation(), db: env.DB, sleep: async () => undefined, log: () => undefined };
  const { deps, faults } = shaken(plain, 20_261_123);
  const ids = Array.from({ length: 1 + finalisations / perCustomer }, () => newCustomerId(plain.wall(), plain.random));
  let begun = 0;
  let inFlight = 0;
  let most = 0;
  const voided: InvoiceId[] = [];

  /** Until it is known what became of it, as whoever asked would repeat it. */
  const insist = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (fault) {
        if (tries === 50) throw fault;
      }
    }
  };

  const one = async (n: number) => {
    const customerId = ids[Math.floor(n / perCustomer)] ?? "cus_none";
    const invoiceId = `inv_${String(n).padStart(26, "0")}` as const;
    const done = await insist(() =>
      transact<never>(deps, {
        customerId,
        actor: "system",
        priceIds: [priceId],
        decide: (slice, now) => {
          const offer = slice.offers[priceId];
          if (!offer) throw new Error("the price was not loaded");
          if (slice.state.invoices[invoiceId]) return [];
          const invoice = purchaseInvoice({ invoiceId, offer, buyer: null }, now.billing);
          return [...newCustomer(slice.state, { id: customerId, userId: null }), invoice];
        },
      }),
    );
    if (isRejection(done)) return one(n);
    if (n % 7 !== 0) return;
    const input = { invoiceId, as: "void", reason: "a test" } as const;
    const closed = await insist(() =>
      transact(deps, { customerId, actor: "system", decide: (slice, now) => decideCloseInvoice(slice, input, now) }),
    );
    if (!isRejection(closed)) voided.push(invoiceId);
  };
  const lane = async () => {
    while (begun < finalisations) {
      const n = ++begun;
      most = Math.max(most, ++inFlight);
      await one(n);
      inFlight--;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));

  expect(most).toBeGreaterThanOrEqual(32);
  expect(faults()).toBeGreaterThan(finalisations / 4);
  expect(voided.length).toBeGreaterThan(200);
  const { results } = await env.DB.prepare(
    `SELECT series, COUNT(*) AS numbers, COUNT(DISTINCT number) AS different, COUNT(DISTINCT invoice_id) AS invoices,
       MIN(number) AS first, MAX(number) AS last FROM invoice_number GROUP BY series`,
  ).all();
  const count = finalisations;
  expect(results).toEqual([
    { series: "S-1405", numbers: count, different: count, invoices: count, first: 1, last: count },
  ]);
  const unnumbered = "SELECT COUNT(*) AS n FROM invoice WHERE id NOT IN (SELECT invoice_id FROM invoice_number)";
  expect(await env.DB.prepare(unnumbered).first("n")).toBe(0);
  // Nobody means to pay these.
  const isWanted = (name: string) => name !== "a_beginning_comes_to_an_end";
  const broken = (await checkInvariants(env.DB)).filter(({ offenders }) => offenders.length > 0);
  expect(broken.filter(({ name }) => isWanted(name))).toEqual([]);
  expect(plain.wall()).toBeLessThan(wallOf("2027-03-20T20:30:00.000Z"));
}, 300_000);
