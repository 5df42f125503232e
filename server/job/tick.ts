// The tick: the cron scan claims customers that are due and sends their ids; the queue's consumer runs them. Renewal,
// dunning, expiry and asking the gateway are all this one job.
import { CustomerId } from "../../contract/common/id.ts";
import { secondMs } from "../billing/clock.ts";
import type { Deps, DueMessage } from "../deps.ts";
import { logFault } from "../http/fault.ts";
import { inDatabaseOf } from "../store/databases.ts";
import { backOffDue, claimDue, exceptionAttempts, mayBeMore, settleDue } from "../store/due.ts";
import { runCustomer, type Budget } from "./driver.ts";

/** A scan goes on for at most this long; the next cron comes a minute later. */
export const scanMs = 20 * secondMs;
/** Cloudflare takes at most 100 messages at once. */
const sendBatchSize = 100;
/** Customers of one batch that are run side by side. */
export const parallelCustomers = 5;
/** Of the 1,000 that D1 allows per invocation; the rest is for debits under way, settling and backing off. */
const statementsPerBatch = 700;

/** Claims whoever is due and sends them to the queue, until nobody is left or the time is over; answers how many. */
export async function scanDue(deps: Deps): Promise<number> {
  const startedAt = deps.wall();
  let sent = 0;
  while (deps.wall() < startedAt + scanMs) {
    const customerIds = await claimDue(deps.db, deps.wall());
    for (let first = 0; first < customerIds.length; first += sendBatchSize) {
      const batch = customerIds.slice(first, first + sendBatchSize);
      await deps.due.sendBatch(batch.map((customerId) => ({ body: { customerId } })));
    }
    sent += customerIds.length;
    if (!mayBeMore(customerIds)) return sent;
  }
  return sent;
}

/** Runs each customer of a batch once, five side by side; each message is acknowledged on its own. */
export async function consumeDue(deps: Deps, batch: Pick<MessageBatch<DueMessage>, "messages">): Promise<void> {
  const budget = { statements: statementsPerBatch };
  const ofCustomer = new Map(batch.messages.map((message) => [message.body.customerId, message]));
  const waiting = [...ofCustomer.values()];
  for (const message of batch.messages) if (!waiting.includes(message)) message.ack();
  const lane = async () => {
    for (let message = waiting.shift(); message; message = waiting.shift()) {
      await consumeMessage(deps, message, budget);
    }
  };
  await Promise.all(Array.from({ length: parallelCustomers }, lane));
}

/** One lane's trouble is not the others': a message that cannot even be written off is delivered again. */
async function consumeMessage(deps: Deps, message: Message<DueMessage>, budget: Budget): Promise<void> {
  try {
    const customerId = CustomerId.safeParse(message.body.customerId);
    if (customerId.success) await runAndSettle(inDatabaseOf(deps, customerId.data), customerId.data, budget);
    message.ack();
  } catch (fault) {
    logFault(deps, fault, { event: "message_failed" });
    message.retry();
  }
}

/** Runs one customer and writes when it is next; a fault is logged and backs off, and is never lost: `due` has it. */
async function runAndSettle(deps: Deps, customerId: CustomerId, budget: Budget): Promise<void> {
  try {
    const result = await runCustomer(deps, customerId, budget);
    if (result.kind === "more") await deps.due.send({ customerId });
    if (result.kind === "waits") await settleDue(deps.db, customerId, result.until, result.seen);
  } catch (fault) {
    logFault(deps, fault, { event: "customer_run_failed" });
    const attempts = await backOffDue(deps.db, customerId, deps.wall(), fault instanceof Error ? fault.name : "fault");
    if (attempts >= exceptionAttempts) deps.log({ level: "error", event: "customer_needs_an_operator", customerId });
  }
}
