// A log of which the older part stands in signed files and is past its retention, in a system that goes on.
import { expect } from "vitest";
import { scanDue } from "../../server/job/tick.ts";
import { startDeliveries } from "../../server/job/deliver.ts";
import { tellPeople } from "../../server/job/notices.ts";
import { event } from "../../server/billing/event.ts";
import { idsOf } from "../../server/billing/ids.ts";
import { commitStream } from "../../server/store/commit.ts";
import { streamOfEpoch } from "../../server/store/epoch.ts";
import { loadHead } from "../../server/store/head.ts";
import { exportNextOfAudit, type FileSizes } from "../../server/store/audit-export.ts";
import { countUncounted } from "../../server/store/metrics.ts";
import { retentionDays } from "../../server/store/retention.ts";
import { aPrice } from "./catalogue.ts";
import { anOperator } from "./operator.ts";
import { aSubscriber } from "./subscriber.ts";
import { aPartner } from "./webhooks.ts";
import type { World } from "./world.ts";

const minuteMs = 60_000;
export const dayMs = 1_440 * minuteMs;

/** So small that a day is many segments, and some files. */
const smallSizes: FileSizes = { eventsPerSegment: 7, eventsPerFile: 60 };

const buyer = { kind: "natural", name: "Ali", nationalId: "0499370899", postalCode: "1193653471", address: "Tehran" };

export type OldLog = Awaited<ReturnType<typeof anOldLog>>;

/**
 * Sara has subscribed, her bank has taken the first payment back, which an operator has seen, and she has paid again; of Ali
 * nothing was heard since he came. All of it is 400 days ago now and stands in signed files. Nobody has read any of it yet.
 */
export async function anOldLog(world: World) {
  const operator = await anOperator(world);
  const partner = await aPartner(world);
  const receiver = world.receiver("hooks.old-log.example");
  const { id: endpointId } = await partner.endpoint(receiver.url);
  const ali = await aSubscriber(world);
  await ali.call("PUT", "/v1/me/buyer-details", buyer, crypto.randomUUID());
  const sara = await aSubscriber(world);
  const methodId = await sara.sign({ expiresAt: "2029-10-01T00:00:00Z" });
  const { body } = await sara.subscribe(await aPrice(world), methodId);
  const [payment] = await sara.payments();
  const taken = world.simulator.ledger().find(({ orderId }) => orderId === payment?.id);
  world.simulator.reverse(taken?.authority ?? "");
  world.pass(minuteMs);
  await operator.resolve(payment?.id ?? "", { decision: "ask_again" });
  await run(world);
  expect((await operator.acknowledge(payment?.id ?? "")).status).toBe(200);
  await sara.pay(body.data.id);
  await run(world);
  await tellOfEpoch(world);
  world.pass(2 * dayMs);
  await exportAll(world, smallSizes);
  world.pass(retentionDays.billingEvents * dayMs);
  return { world, operator, partner, receiver, endpointId, ali, sara, subscriptionId: body.data.id };
}

/** Two events of an epoch's own stream, as a restore would leave them. */
async function tellOfEpoch(world: World): Promise<void> {
  const deps = world.invocation();
  const head = await loadHead(deps.db, streamOfEpoch(1));
  const events = [1, 2].map(() => event("epoch.settled", { epoch: 1 }, { reason: "The test says so" }));
  const { kind } = await commitStream(deps, {
    head,
    events,
    actor: "system",
    at: deps.wall(),
    ids: idsOf(0, deps.wall(), deps.random),
    writes: [],
  });
  expect(kind).toBe("committed");
}

/** Whoever is due, and nothing else of what the cron does. */
export async function run(world: World): Promise<void> {
  await scanDue(world.invocation());
  await world.drain();
}

/** Readers come as far as the log does. */
export async function readAll(world: World): Promise<void> {
  await startDeliveries(world.invocation());
  await world.drain();
  await tellPeople(world.invocation());
  await countUncounted(world.invocation());
}

/** Makes all files of days that are over. */
export async function exportAll(world: World, sizes?: FileSizes): Promise<void> {
  for (let steps = 0; steps < 5_000; steps++) {
    const { auditSigner, ...deps } = world.invocation();
    if (!auditSigner) throw new Error("Nobody signs here");
    if (!(await exportNextOfAudit({ ...deps, auditSigner }, sizes))) return;
  }
  throw new Error("The export never ends");
}
