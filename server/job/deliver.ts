// Webhooks out. The cron puts what is new in the log on its way and names to the queue who is due; a message's run has
// one endpoint for itself and sends what is due, a few streams side by side. Nobody's slowness is anybody else's.
import { WebhookEndpointId } from "../../contract/common/id.ts";
import { minuteMs, secondMs, type WallMs } from "../billing/clock.ts";
import { verdictOf } from "../billing/delivery.ts";
import type { Deps, EndpointMessage } from "../deps.ts";
import { copyToOthers } from "../http/copy-to-others.ts";
import { endpointMessage } from "../http/endpoint-message.ts";
import { logFault } from "../http/fault.ts";
import { secretRecordOf, webhookMessage } from "../http/webhook-message.ts";
import type { WebhookChannel } from "../http/webhook-sender.ts";
import { atHome, inDatabase } from "../store/databases.ts";
import { fanOut } from "../store/webhook-delivery.ts";
import {
  claimEndpoint,
  dueDeliveries,
  recordAttempt,
  releaseEndpoint,
  type ClaimedEndpoint,
  type DueDelivery,
} from "../store/webhook-dispatch.ts";
import { disableEndpoint } from "../store/webhook-endpoint.ts";
import type { Budget } from "./driver.ts";

/** 500 positions each; the next cron comes a minute later. */
const maxSpans = 20;
/** Cloudflare takes at most 100 messages at once. */
const sendBatchSize = 100;
/** A Worker waits for at most six answers at once. */
const parallelStreams = 5;
/** Deliveries that are looked for at once. */
const roundSize = 100;
/** So long a run begins further deliveries, of ten seconds at most: the last one ends before the claim does. */
const runMs = minuteMs;
/** Of the 1,000 that D1 allows per invocation; the rest is for what is under way, and for switching an endpoint off. */
const statementsPerBatch = 800;
const statementsPerRound = 3;
const statementsPerAttempt = 4;
/** What is due sooner than the next cron is sent for by the run itself. */
const cronMs = minuteMs;

/** Puts what is new on its way, and has the queue run whoever is due. */
export async function startDeliveries(deps: Deps): Promise<void> {
  let fanned = await fanOut(deps.db, deps.wall());
  for (let spans = 1; spans < maxSpans && fanned.isUnread; spans++) fanned = await fanOut(deps.db, deps.wall());
  const ids = fanned.due;
  for (let first = 0; first < ids.length; first += sendBatchSize) {
    const batch = ids.slice(first, first + sendBatchSize);
    await deps.deliveries.sendBatch(
      batch.map((webhookEndpointId) => ({ body: endpointMessage(deps, webhookEndpointId) })),
    );
  }
}

/** Runs the endpoint of each message, as far as one batch may go; a message that fails is delivered again. */
export async function consumeDeliveries(
  deps: Deps,
  batch: Pick<MessageBatch<EndpointMessage>, "messages">,
): Promise<void> {
  const budget = { statements: statementsPerBatch };
  for (const message of batch.messages) {
    try {
      const id = WebhookEndpointId.safeParse(message.body.webhookEndpointId);
      if (id.success) await runEndpoint(inDatabase(deps, message.body.database ?? 0), id.data, budget);
      message.ack();
    } catch (fault) {
      logFault(deps, fault, { event: "deliveries_failed" });
      message.retry();
    }
  }
}

/** Sends what is due at one endpoint. Does nothing while another run has it; a run that dies is followed by the cron's. */
async function runEndpoint(deps: Deps, id: WebhookEndpointId, budget: Budget): Promise<void> {
  const claimed = await claimEndpoint(deps.db, id, deps.wall());
  if (!claimed) return;
  const isSending = await sendRounds(deps, await openRun(deps, claimed, budget));
  const nextAt = await releaseEndpoint(deps.db, id);
  const waitMs = nextAt === null ? cronMs : Math.max(0, nextAt - deps.wall());
  if (!isSending || waitMs >= cronMs) return;
  await deps.deliveries.send(endpointMessage(deps, id), { delaySeconds: Math.ceil(waitMs / secondMs) });
}

/** What a run knows of its endpoint. */
interface Run {
  readonly claimed: ClaimedEndpoint;
  readonly channel: WebhookChannel;
  /** `whsec_…`; while one is being replaced both, the newer first. */
  readonly secrets: readonly string[];
  readonly startedAt: WallMs;
  readonly budget: Budget;
  failingSince: WallMs | null;
  /** Whether there is still somebody to send to. */
  isOpen: boolean;
}

async function openRun(deps: Deps, claimed: ClaimedEndpoint, budget: Budget): Promise<Run> {
  const { id, url, secret, previousSecret, previousSecretEndsAt } = claimed.endpoint;
  const startedAt = deps.wall();
  const isOverlapping = previousSecretEndsAt !== null && previousSecretEndsAt > startedAt;
  const sealed = isOverlapping && previousSecret !== null ? [secret, previousSecret] : [secret];
  const secrets = await Promise.all(sealed.map((each) => deps.sealer.open(each, secretRecordOf(id))));
  const { failingSince } = claimed;
  return { claimed, channel: deps.webhooks.channelTo(url), secrets, startedAt, budget, failingSince, isOpen: true };
}

/** Round after round until nothing is due; false when the endpoint was switched off, or something is wrong here. */
async function sendRounds(deps: Deps, run: Run): Promise<boolean> {
  const { id } = run.claimed.endpoint;
  while (hasRoom(deps, run)) {
    run.budget.statements -= statementsPerRound;
    const chains = [...(await dueDeliveries(deps.db, id, deps.wall(), roundSize))];
    if (chains.length === 0) return true;
    const lane = async () => {
      for (let chain = chains.shift(); chain && hasRoom(deps, run); chain = chains.shift()) {
        await deliver(deps, run, chain);
      }
    };
    await Promise.all(Array.from({ length: parallelStreams }, lane));
  }
  return run.isOpen;
}

function hasRoom({ wall }: Deps, { isOpen, budget, startedAt }: Run): boolean {
  return isOpen && budget.statements > 0 && wall() < startedAt + runMs;
}

/**
 * One delivery of a stream after the other, as long as the next one has its turn. What is wrong with one delivery is not
 * wrong with the others; its run goes no further.
 */
async function deliver(deps: Deps, run: Run, chain: readonly DueDelivery[]): Promise<void> {
  try {
    let turn = chain[0]?.delivery.position;
    for (const due of chain) {
      if (due.delivery.position !== turn || !hasRoom(deps, run)) return;
      turn = await attempt(deps, run, due);
    }
  } catch (fault) {
    logFault(deps, fault, { event: "delivery_failed" });
    run.isOpen = false;
  }
}

/** The position whose turn it is in the stream afterwards, if it is to be sent at once. */
async function attempt(
  deps: Deps,
  run: Run,
  { delivery, event, previousEventId }: DueDelivery,
): Promise<number | undefined> {
  run.budget.statements -= statementsPerAttempt;
  const { endpoint } = run.claimed;
  const sentAt = deps.wall();
  const message = webhookMessage({ event, previousEventId, secrets: run.secrets, sentAt });
  const outcome = await run.channel.post(message);
  const at = deps.wall();
  const { attempts } = delivery;
  const verdict = verdictOf({ attempts, failingSince: run.failingSince, now: at, jitter: jitterOf(deps) }, outcome);
  run.failingSince = verdict.failingSince;
  // First of all, so that a run that dies here is followed by none.
  if (verdict.disable !== null) {
    run.isOpen = false;
    const home = atHome(deps);
    await disableEndpoint(home, endpoint, { reason: verdict.disable, failingSince: verdict.failingSince });
    await copyToOthers(home);
  }
  const turn = await recordAttempt(deps.db, { delivery, outcome, verdict, at, latencyMs: at - sentAt });
  return turn === null || turn === delivery.position ? undefined : turn;
}

/** From 0 up to, not including, 1. */
function jitterOf({ random }: Deps): number {
  const [high = 0, low = 0] = random(2);
  return (high * 256 + low) / 65_536;
}
