// The Worker: requests, the minute's cron, the queue. Wiring only, made once per isolate.
import { createApp } from "./app.ts";
import { depsOf, type DeliveryMessage, type Deps, type DueMessage, type Env } from "./deps.ts";
import { consumeMessages, runMinute } from "./job/minute.ts";
import { consumeDue } from "./job/tick.ts";
import { told } from "./http/observe.ts";
import { handlers } from "./router.ts";

interface Wired {
  readonly deps: Deps;
  readonly app: ReturnType<typeof createApp>;
}

let wired: Wired | undefined;

function wire(env: Env): Wired {
  if (!wired) {
    const deps = depsOf(env);
    wired = { deps, app: createApp(deps, handlers) };
  }
  return wired;
}

/** The queue of deliveries is apart, so that a slow receiver keeps no debit waiting. */
function isOfDeliveries(batch: MessageBatch<DueMessage | DeliveryMessage>): batch is MessageBatch<DeliveryMessage> {
  return batch.queue === "sarresid-deliveries";
}

/** All that is not of the one queue is of the other. */
function isOfDue(batch: MessageBatch<DueMessage | DeliveryMessage>): batch is MessageBatch<DueMessage> {
  return !isOfDeliveries(batch);
}

export default {
  fetch: (request, env) => wire(env).app.fetch(request),
  scheduled: (_controller, env) => told(wire(env).deps, { work: "cron", messages: 0 }, runMinute),
  queue: (batch, env) =>
    told(wire(env).deps, { work: batch.queue, messages: batch.messages.length }, async (deps) => {
      if (isOfDeliveries(batch)) await consumeMessages(deps, batch);
      else if (isOfDue(batch)) await consumeDue(deps, batch);
    }),
} satisfies ExportedHandler<Env, DueMessage | DeliveryMessage>;
