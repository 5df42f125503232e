// Every job there is: the tick, and the sweeps. Readers of the log come here too, each with its own cursor.
import type { Deps } from "../deps.ts";
import { logFault } from "../http/fault.ts";
import { loadAgenda, type Agenda } from "../store/agenda.ts";
import { sweepClaimsAtHome } from "../store/claims-at-home.ts";
import { copyFromHome } from "../store/copied.ts";
import { removeTexts } from "../store/document-removal.ts";
import { sweepIdempotency } from "../store/idempotency.ts";
import { countUncounted } from "../store/metrics.ts";
import { deleteOldReservations, expireReservations } from "../store/old-reservations.ts";
import { fillShowcase } from "../store/showcase.ts";
import { sweepAccess } from "../store/stale-access.ts";
import { sweepWebhookEvents } from "../store/webhook-event.ts";
import { sweepDeliveries } from "../store/webhook-delivery.ts";
import { archiveEvents } from "./archive-events.ts";
import { startDeliveries } from "./deliver.ts";
import { eraseAtHome } from "./erase-at-home.ts";
import { exportAudit } from "./export-audit.ts";
import { makeExports } from "./export.ts";
import { migratePrices } from "./migrate-prices.ts";
import { tellPeople } from "./notices.ts";
import { lookForUnverified, reconcile } from "./reconcile.ts";
import { scanDue } from "./tick.ts";

function isBesideHome({ databases }: Deps): boolean {
  return databases !== undefined && databases.at > 0;
}

interface Job {
  readonly name: string;
  /** Whether there is anything to do for it. */
  readonly isWanted: (agenda: Agenda, deps: Deps) => boolean;
  readonly run: (deps: Deps, agenda: Agenda | null) => Promise<unknown>;
}

const jobs: readonly Job[] = [
  { name: "copy_from_home", isWanted: (_, deps) => isBesideHome(deps), run: copyFromHome },
  { name: "erase_at_home", isWanted: (_, deps) => isBesideHome(deps), run: eraseAtHome },
  // Before the tick, which then runs whom the list named.
  { name: "unverified", isWanted: ({ pages }) => pages, run: lookForUnverified },
  { name: "tick", isWanted: ({ due, pages }) => due || pages, run: scanDue },
  // Before the notices: what it tells goes out with them.
  { name: "migrate_prices", isWanted: ({ migrations }) => migrations, run: migratePrices },
  { name: "tell_people", isWanted: ({ notices }) => notices, run: tellPeople },
  { name: "deliver", isWanted: ({ deliveries }) => deliveries, run: startDeliveries },
  { name: "remove_texts", isWanted: ({ texts }) => texts, run: (deps) => removeTexts(deps, deps.wall()) },
  {
    name: "sweep_idempotency",
    isWanted: ({ staleKeys }) => staleKeys,
    run: ({ db, wall }) => sweepIdempotency(db, wall()),
  },
  { name: "sweep_access", isWanted: ({ staleAccess }) => staleAccess, run: ({ db, wall }) => sweepAccess(db, wall()) },
  {
    name: "sweep_webhook_events",
    isWanted: ({ staleHints }) => staleHints,
    run: ({ db, wall }) => sweepWebhookEvents(db, wall()),
  },
  {
    name: "sweep_claims",
    isWanted: ({ staleClaims }) => staleClaims,
    run: (deps) => sweepClaimsAtHome(deps, deps.wall()),
  },
  {
    name: "expire_reservations",
    isWanted: ({ expiredReservations }) => expiredReservations,
    run: ({ db, wall }) => expireReservations(db, wall()),
  },
  {
    name: "delete_old_reservations",
    isWanted: ({ oldReservations }) => oldReservations,
    run: ({ db, wall }) => deleteOldReservations(db, wall()),
  },
  {
    name: "sweep_deliveries",
    isWanted: ({ staleDeliveries }) => staleDeliveries,
    run: ({ db, wall }) => sweepDeliveries(db, wall()),
  },
  { name: "fill_showcase", isWanted: ({ catalogue }) => catalogue, run: fillShowcase },
  { name: "metrics", isWanted: ({ metrics }) => metrics, run: countUncounted },
  { name: "export", isWanted: ({ exports }) => exports, run: makeExports },
  {
    name: "export_audit",
    isWanted: ({ audits }, { auditSigner }) => audits && auditSigner !== undefined,
    run: exportAudit,
  },
  { name: "archive_events", isWanted: ({ archive }) => archive, run: archiveEvents },
  {
    name: "reconcile",
    isWanted: ({ day }) => day !== null,
    run: (deps, agenda) => reconcile(deps, agenda?.day),
  },
];

/**
 * Runs every job that has something to do in the database in hand once, as the cron does each minute. One that fails is
 * logged and does not stop the others.
 */
export async function runJobs(deps: Deps): Promise<void> {
  const agenda = await agendaOf(deps);
  if (agenda?.recalling) return;
  for (const job of jobs) {
    if (agenda && !job.isWanted(agenda, deps)) continue;
    try {
      await job.run(deps, agenda);
    } catch (fault) {
      logFault(deps, fault, { event: `job_failed.${job.name}` });
    }
  }
}

/** Null when the question itself failed: then each job looks for itself. */
async function agendaOf(deps: Deps): Promise<Agenda | null> {
  try {
    return await loadAgenda(deps.db, deps.wall());
  } catch (fault) {
    logFault(deps, fault, { event: "job_failed.agenda" });
    return null;
  }
}
