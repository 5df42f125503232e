// What the minute's cron would find to do. One question instead of one for each job: in most minutes most of them would
// find nothing.
import { sql } from "drizzle-orm";
import type { WallMs } from "../billing/clock.ts";
import { rulesVersion } from "../billing/due-rules.ts";
import { daysOverUntil, hasAuditWork } from "./audit-export.ts";
import { hasStaleClaims } from "./claim.ts";
import { compiledBatch } from "./compiled.ts";
import { archivedBefore, hasArchiveWork } from "./event-archive.ts";
import { hasTextsToRemove } from "./document-removal.ts";
import { isAnybodyDue } from "./due.ts";
import { hasRunningExport } from "./finance-export.ts";
import { hasStaleKeys } from "./idempotency.ts";
import { isMuchUncounted, uncountedUntil } from "./metrics.ts";
import { comingUntil, isAnyNoticeDue, isAnythingComing, isAnythingTold } from "./notices.ts";
import { hasMigrationWork } from "./price-migrations.ts";
import { hasExpiredReservations, hasOldReservations, reservationsKeptSince } from "./old-reservations.ts";
import { accessTimes, hasStaleAccess } from "./stale-access.ts";
import { openDayIn, progressQueries, type DayResult } from "./reconciliation.ts";
import { hasCatalogueChanged } from "./showcase.ts";
import { systemState } from "./schema.ts";
import { leftAfter, mayBePaid } from "./unverified.ts";
import { deliveriesKeptSince, hasStaleDeliveries, isAnyDeliveryDue, isAnythingToFanOut } from "./webhook-delivery.ts";
import { hasStaleHints, hintsKeptSince } from "./webhook-event.ts";

/** For each kind of work whether there is any. */
export interface Agenda {
  /** A restored log is not whole yet: nothing is done until it is. */
  readonly recalling: boolean;
  /** Pages on which somebody may have paid. */
  readonly pages: boolean;
  readonly due: boolean;
  /** Events that may be news for somebody, what is to come, and notices whose time it is. */
  readonly notices: boolean;
  /** Subscribers to be told of another price. */
  readonly migrations: boolean;
  /** Events that are not on their way to partners yet, or deliveries whose turn it is. */
  readonly deliveries: boolean;
  /** Files of exports to be made. */
  readonly exports: boolean;
  /** Days whose events are not all in signed files yet. */
  readonly audits: boolean;
  /** Events that are old enough to leave the log, and that everybody has read. */
  readonly archive: boolean;
  /** More of the log than may wait is not counted in the figures of the business yet. */
  readonly metrics: boolean;
  /** A catalogue that is not in the showcase yet. */
  readonly catalogue: boolean;
  /** Texts of erased persons' documents, and of documents that were never finished. */
  readonly texts: boolean;
  readonly staleKeys: boolean;
  /** Sessions, codes and links that have ended. */
  readonly staleAccess: boolean;
  readonly staleHints: boolean;
  readonly staleClaims: boolean;
  readonly staleDeliveries: boolean;
  readonly expiredReservations: boolean;
  readonly oldReservations: boolean;
  /** The day that is being reconciled, or the next that is over; null when there is none. */
  readonly day: DayResult | null;
}

/** What there is to do now. */
export async function loadAgenda(db: D1Database, now: WallMs): Promise<Agenda> {
  const values = {
    now,
    rulesVersion,
    ...accessTimes(now),
    daysOverUntil: daysOverUntil(now),
    archivedBefore: archivedBefore(now),
    comingUntil: comingUntil(now),
    uncountedUntil: uncountedUntil(now),
    leftAfter: leftAfter(now),
    hintsKeptSince: hintsKeptSince(now),
    deliveriesKeptSince: deliveriesKeptSince(now),
    reservationsKeptSince: reservationsKeptSince(now),
  };
  const [[found], ...progress] = await questions(db, values);
  return {
    recalling: found?.recalling ?? false,
    pages: found?.pages === 1,
    due: found?.due === 1,
    notices: found?.notices === 1,
    migrations: found?.migrations === 1,
    deliveries: found?.deliveries === 1,
    exports: found?.exports === 1,
    audits: found?.audits === 1,
    archive: found?.archive === 1,
    metrics: found?.metrics === 1,
    catalogue: found?.catalogue === 1,
    texts: found?.texts === 1,
    staleKeys: found?.staleKeys === 1,
    staleAccess: found?.staleAccess === 1,
    staleHints: found?.staleHints === 1,
    staleClaims: found?.staleClaims === 1,
    staleDeliveries: found?.staleDeliveries === 1,
    expiredReservations: found?.expiredReservations === 1,
    oldReservations: found?.oldReservations === 1,
    day: openDayIn(progress, now),
  };
}

const questions = compiledBatch(
  (orm) =>
    [
      orm
        .select({
          recalling: systemState.recalling,
          pages: sql<number>`(${mayBePaid})`,
          due: sql<number>`(${isAnybodyDue})`,
          migrations: sql<number>`(${hasMigrationWork})`,
          notices: sql<number>`(${isAnythingTold} OR ${isAnyNoticeDue} OR ${isAnythingComing})`,
          deliveries: sql<number>`(${isAnythingToFanOut} OR ${isAnyDeliveryDue})`,
          exports: sql<number>`(${hasRunningExport})`,
          audits: sql<number>`(${hasAuditWork})`,
          archive: sql<number>`(${hasArchiveWork})`,
          metrics: sql<number>`(${isMuchUncounted})`,
          catalogue: sql<number>`(${hasCatalogueChanged})`,
          texts: sql<number>`(${hasTextsToRemove})`,
          staleKeys: sql<number>`(${hasStaleKeys})`,
          staleAccess: sql<number>`(${hasStaleAccess})`,
          staleHints: sql<number>`(${hasStaleHints})`,
          staleClaims: sql<number>`(${hasStaleClaims})`,
          staleDeliveries: sql<number>`(${hasStaleDeliveries})`,
          expiredReservations: sql<number>`(${hasExpiredReservations})`,
          oldReservations: sql<number>`(${hasOldReservations})`,
        })
        .from(systemState),
      ...progressQueries(orm),
    ] as const,
);
