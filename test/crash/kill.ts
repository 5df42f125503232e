// Every await of the payment path, killed in every way.
import { expect } from "vitest";
import type { Subscription } from "../../contract/subscription.ts";
import { mortal, type How, type Operation } from "../support/mortal.ts";
import type { End, Story, Told, Variant } from "./stories.ts";

/** One death: at which await, how, and after how long what was sent arrives. */
export interface Death {
  readonly at: number;
  readonly how: How;
  readonly lateMs: number;
}

/** Within the time that a call may take, and long after we have begun to ask what became of it. */
const lateMs = 40_000;
const veryLateMs = 600_000;

/** Awaits that do the same with nothing in between are one place to die: of several hashes in a row, the first. */
function isAnotherHash(operations: readonly Operation[], index: number): boolean {
  return operations[index]?.name === "sha256" && operations[index - 1]?.name === "sha256";
}

/** A read changes nothing: whoever dies within a row of them leaves the same as who dies at its ends. */
function isBetweenReads(operations: readonly Operation[], index: number): boolean {
  return [index - 1, index, index + 1].every((at) => operations[at]?.name === "read");
}

interface Choice {
  /** Only from the first await of this name on. */
  readonly from?: string;
  /** Only the ends of a row of reads: who waits by reading reads eighty times. */
  readonly skipsReads?: boolean;
}

/**
 * Kills a story's invocation at each of its awaits in every way, lets 48 hours pass each time, and asserts that one of
 * its ends came of it.
 */
export async function everyDeath(story: Story, variant: Variant, { from, skipsReads = false }: Choice = {}) {
  const operations = await awaitsOf(story, variant);
  expect(operations.map(({ name }) => name)).toEqual(expect.arrayContaining([...story.passes]));
  const first = from === undefined ? 0 : operations.findIndex(({ name }) => name === from);
  for (const [index, operation] of operations.entries()) {
    if (index < first || isAnotherHash(operations, index)) continue;
    if (skipsReads && isBetweenReads(operations, index)) continue;
    for (const death of deathsAt(index + 1, operation)) {
      const end = await endOf(await dies(story, variant, death));
      expect(story.ends, `${operation.name} ${JSON.stringify(death)} → ${JSON.stringify(end)}`).toContainEqual(end);
    }
  }
}

function deathsAt(at: number, { name, hows }: Operation): readonly Death[] {
  const deaths = hows.map((how) => ({ at, how, lateMs }));
  return name === "payman/checkout" ? [...deaths, { at, how: "late", lateMs: veryLateMs }] : deaths;
}

/** The awaits of a story's invocation, in order, when it lives. */
async function awaitsOf({ tell }: Story, variant: Variant): Promise<readonly Operation[]> {
  const { world, act } = await tell(variant);
  const life = mortal(world.invocation());
  await act(life.deps);
  return life.operations;
}

async function dies({ tell }: Story, variant: Variant, death: Death): Promise<Told> {
  const told = await tell(variant);
  const { world, act, afterwards } = told;
  const life = mortal(world.invocation(), death.at, death.how);
  await Promise.race([act(life.deps), life.died]);
  world.release();
  if (death.how === "late") {
    await world.live(death.lateMs, 20_000);
    await life.arrive();
  }
  await afterwards();
  await world.pass48Hours();
  return told;
}

/** Asserts on the way that both agree to the Rial and that no authority was checked out twice. */
async function endOf({ world, sara }: Told): Promise<End> {
  const payments = await sara.payments();
  const [subscription] = (await sara.call<Subscription[]>("GET", "/v1/subscriptions")).body.data;
  const { debits, debitedRials } = world.simulator.totals();
  const ours = payments.filter(({ status }) => status === "succeeded");
  expect(debitedRials).toBe(ours.reduce((sum, { amountRials }) => sum + amountRials, 0));
  const checkouts = world.simulator.calls().filter(({ call }) => call === "payman/checkout");
  expect(new Set(checkouts.map(({ authority }) => authority)).size).toBe(checkouts.length);
  return { debits, payments: payments.map(({ status }) => status).reverse(), subscription: subscription?.status };
}
