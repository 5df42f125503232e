// Every job there is: the tick, and the sweeps. Readers of the log come here too, each with its own cursor.
import type { Deps } from "../deps.ts";
import { logFault } from "../http/fault.ts";
import { sweepClaims } from "../store/claim.ts";
import { sweepIdempotency } from "../store/idempotency.ts";
import { sweepWebhookEvents } from "../store/webhook-event.ts";
import { sendPaymentLinks } from "./payment-link.ts";
import { lookForUnverified, reconcile } from "./reconcile.ts";
import { scanDue } from "./tick.ts";

interface Job {
  readonly name: string;
  readonly run: (deps: Deps) => Promise<unknown>;
}

const jobs: readonly Job[] = [
  // Before the tick, which then runs whom the list named.
  { name: "unverified", run: lookForUnverified },
  { name: "tick", run: scanDue },
  { name: "send_payment_links", run: sendPaymentLinks },
  { name: "sweep_idempotency", run: ({ db, wall }) => sweepIdempotency(db, wall()) },
  { name: "sweep_webhook_events", run: ({ db, wall }) => sweepWebhookEvents(db, wall()) },
  { name: "sweep_claims", run: ({ db, wall }) => sweepClaims(db, wall()) },
  { name: "reconcile", run: reconcile },
];

/** Runs every job once, as the cron does each minute. One that fails is logged and does not stop the others. */
export async function runJobs(deps: Deps): Promise<void> {
  for (const job of jobs) {
    try {
      await job.run(deps);
    } catch (fault) {
      logFault(deps, fault, { event: `job_failed.${job.name}` });
    }
  }
}
