// The cron's minute where there are several databases: home's at once, each other one's by a message, since an invocation has
// statements for one. A message that is lost is made up for by the next minute; one that comes twice finds little to do.
import type { DeliveryMessage, Deps, EndpointMessage, MinuteMessage } from "../deps.ts";
import { logFault } from "../http/fault.ts";
import { inDatabase } from "../store/databases.ts";
import { consumeDeliveries } from "./deliver.ts";
import { runJobs } from "./index.ts";

export async function runMinute(deps: Deps): Promise<void> {
  const others = [...(deps.databases?.all ?? []).keys()].slice(1);
  for (const minuteOf of others) await deps.deliveries.send({ minuteOf });
  await runJobs(deps);
}

/** The queue of deliveries, by which minutes go too: it has an invocation for each message. */
export async function consumeMessages(
  deps: Deps,
  { messages }: Pick<MessageBatch<DeliveryMessage>, "messages">,
): Promise<void> {
  for (const message of messages.filter(isOfMinute)) {
    try {
      await runJobs(inDatabase(deps, message.body.minuteOf));
    } catch (fault) {
      logFault(deps, fault, { event: "minute_failed" });
    }
    message.ack();
  }
  await consumeDeliveries(deps, { messages: messages.filter(isOfEndpoint) });
}

function isOfMinute(message: Message<DeliveryMessage>): message is Message<MinuteMessage> {
  return "minuteOf" in message.body;
}

function isOfEndpoint(message: Message<DeliveryMessage>): message is Message<EndpointMessage> {
  return !isOfMinute(message);
}
