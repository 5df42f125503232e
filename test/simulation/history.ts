// One history from its plan to its verdict: months with faults, 48 hours without, and then the books.
import { Customer, type Means } from "./customer.ts";
import { onGround, type Ground } from "./ground.ts";
import { beHeard, follow } from "./follower.ts";
import { judge, type Verdict } from "./judge.ts";
import { Operator } from "./operator.ts";
import { settleCustomers } from "./people.ts";
import { endOf, type Part, type Plan } from "./plan.ts";
import { randomOf } from "./random.ts";
import { untold, type Trace } from "./trace.ts";
import { createWorld, type World } from "./world.ts";

const hourMs = 3_600_000;
const longestEndMs = hourMs;
const minuteMs = 60_000;
/** While a page is open, the cron has something to do every other minute. */
const pageMs = 10 * minuteMs;
/** When an operator sits down to what waits for one, once the faults have stopped. */
const decisionsAfterHours = [1, 30, 47];
const lastLookAfterHours = 46;

/** Lives a plan through and judges it. Throws when the simulation itself is wrong. */
export async function liveThrough(
  plan: Plan,
  { migrations, trace = untold }: { readonly migrations: readonly string[]; readonly trace?: Trace },
): Promise<Verdict> {
  return onGround(migrations, (ground) => live(plan, ground, trace));
}

async function live(plan: Plan, { database, d1, operator, catalogue }: Ground, trace: Trace): Promise<Verdict> {
  const world = createWorld({ plan, database, d1, trace });
  const customers = settleCustomers(database, plan.startsAt, {
    count: plan.customers,
    random: randomOf(`${plan.name} people`),
  });
  const means: Means = { world, catalogue, others: customers.map((person) => new Customer(person)) };
  const staff = new Operator(world, operator);
  if (plan.isFollowed) follow(world);
  for (const part of plan.parts) world.scheduler.after(part.at, () => befall(means, staff, part));
  const calmAt = plan.startsAt + plan.lastsMs;
  await world.passUntil(calmAt);
  world.tell("", "the faults stop");
  world.troubles.stop();
  void staff.turn(true, "at-the-end");
  for (const hours of decisionsAfterHours) {
    world.scheduler.after(hours * hourMs, () => void staff.decideAll(`end-${hours}`));
  }
  world.scheduler.after(lastLookAfterHours * hourMs, () => void lookOnceMore(staff));
  await world.passUntil(endOf(plan));
  await comeToRest(world);
  await beHeard(world);
  return judge(world);
}

/** What an operator does before the books are closed. */
async function lookOnceMore(staff: Operator): Promise<void> {
  await staff.importPayouts("end");
  await staff.lookForUnverified("end");
}

/** Whoever is still under way finishes. */
async function comeToRest(world: World): Promise<void> {
  const until = world.scheduler.now + longestEndMs;
  for (let left = world.scheduler.underWay(); left.length > 0; left = world.scheduler.underWay()) {
    if (world.scheduler.now >= until) {
      world.complaints.push(`under way an hour after the end: ${left.join(", ")}`);
      return;
    }
    await world.passUntil(world.scheduler.now + 1_000);
  }
}

/** What a part of the plan does when its time comes. */
function befall({ world, ...means }: Means, operator: Operator, part: Part): void {
  const { troubles, simulator, cron } = world;
  const customer = "customer" in part ? means.others[part.customer] : undefined;
  switch (part.kind) {
    case "command":
      if (part.id % 9 === 0) cron.busy(part.wish.do === "check_out" ? pageMs : 2 * minuteMs);
      return void customer?.act({ world, ...means }, part);
    case "stop_collecting":
      void operator.turn(false, `part-${part.id}`);
      world.scheduler.after(part.forMs, () => void operator.turn(true, `part-${part.id}`));
      return;
    case "refund":
      return void operator.refund(customer?.person.customerId ?? "", part.order, `part-${part.id}`);
    case "favour":
      return void operator.favour(customer?.person.customerId ?? "", part.favour, `part-${part.id}`);
    case "bank_reversal":
      return void operator.noticeReversal(customer?.person.customerId ?? "", part.noticedAfterMs, `part-${part.id}`);
    case "import_payouts":
      return void operator.importPayouts(`part-${part.id}`);
    case "look_for_unverified":
      return void operator.lookForUnverified(`part-${part.id}`);
    case "decide_exceptions":
      return void operator.decideAll(`part-${part.id}`, true);
    case "balance": {
      const mobile = customer?.person.mobile ?? "";
      simulator.configure({ balances: { ...simulator.settings.balances, [mobile]: part.rials } });
      return world.tell("bank", `${customer?.person.name} has ${part.rials} Rials`);
    }
    case "revoke":
      return void customer?.revoke(world);
    case "gateway_fault":
      return troubles.armGateway(part);
    case "gateway_outage":
      world.tell("gateway", `out for ${part.forMs / 1_000} s: ${part.fault.kind}`);
      return troubles.beginGatewayOutage(part);
    case "death":
      return troubles.armDeath(part);
    case "d1_fault":
      return troubles.armDatabase(part);
    case "d1_outage":
      world.tell("database", `out for ${part.forMs / 1_000} s`);
      return troubles.beginDatabaseOutage(part);
    case "queue_fault":
      return troubles.armQueue(part);
    case "overlap":
      cron.overlaps++;
      return;
    default:
      return part satisfies never;
  }
}
