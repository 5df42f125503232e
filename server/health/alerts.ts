// What an operator has to look at, told by the system's condition. `docs/runbook.md` has a section for each.
import type { AlertName, Health } from "../../contract/health.ts";
import { dayOfDate, tehranDay } from "../billing/calendar.ts";
import { billingMs, hourMs, minuteMs, type WallMs } from "../billing/clock.ts";
import { startOfDay, tehranDayOf } from "../billing/tehran.ts";
import type { Condition } from "../store/health.ts";

type Alert = Health["alerts"][number];

interface Rule {
  readonly severity: Alert["severity"];
  /** What is wrong, with the figures; null when it is not. */
  readonly detailOf: (condition: Condition, now: WallMs) => string | null;
}

/** The cron comes each minute; a claim and a slow gateway take a few. */
const mostWaitMs = 10 * minuteMs;
/** One that goes by the hour; whoever asks for what it keeps has the rest counted in. */
const hourlyReaders: readonly string[] = ["metrics"];
const mostHourlyWaitMs = 2 * hourMs;
/** A day is reconciled from ten minutes past midnight; one payment may hold it up for six hours. */
const reconciledWithinMs = 8 * hourMs;

export const alertRules: Readonly<Record<AlertName, Rule>> = {
  customers_wait: {
    severity: "page",
    detailOf: ({ dueSince }, now) => waits("A customer has been due", dueSince, now),
  },
  customers_stuck: {
    severity: "page",
    detailOf: ({ stuck }) => (stuck === 0 ? null : `Customers whose work fails each time: ${stuck}.`),
  },
  reader_behind: {
    severity: "page",
    detailOf: ({ readers }, now) => {
      const behind = readers.filter(({ reader, unreadSince }) => waitedMs(unreadSince, now) > patienceMs(reader));
      const names = behind.map(({ reader }) => reader).join(", ");
      return behind.length === 0 ? null : `The log has not been read in time by: ${names}.`;
    },
  },
  deliveries_wait: {
    severity: "ticket",
    detailOf: ({ deliverySince }, now) => waits("A webhook has been due", deliverySince, now),
  },
  collecting_stopped: {
    severity: "page",
    detailOf: ({ collecting }) => (collecting ? null : "No new debits are sent: an operator has stopped collecting."),
  },
  breaker_open: {
    severity: "page",
    detailOf: ({ breakerUntil }) =>
      breakerUntil === null ? null : "Five debits in a row have ended unknown: new ones wait.",
  },
  reconciliation_late: { severity: "ticket", detailOf: lateDay },
  exceptions_wait: {
    severity: "ticket",
    detailOf: ({ openExceptions }) =>
      openExceptions === 0 ? null : `Exceptions that wait for a decision: ${openExceptions}.`,
  },
};

function patienceMs(reader: string): number {
  return hourlyReaders.includes(reader) ? mostHourlyWaitMs : mostWaitMs;
}

/** What is wrong now. Example: collecting stopped → `[{ name: "collecting_stopped", severity: "page", detail: … }]`. */
export function alertsOf(condition: Condition, now: WallMs): readonly Alert[] {
  return Object.entries(alertRules).flatMap(([name, { severity, detailOf }]): readonly Alert[] => {
    const detail = detailOf(condition, now);
    return detail === null ? [] : [{ name: asName(name), severity, detail }];
  });
}

/** Safe: the record's type has these keys and no other. */
function asName(key: string): AlertName {
  return key as AlertName;
}

function waitedMs(since: WallMs | null, now: WallMs): number {
  return since === null ? 0 : now - since;
}

function waits(what: string, since: WallMs | null, now: WallMs): string | null {
  const waited = waitedMs(since, now);
  return waited > mostWaitMs ? `${what} for ${Math.floor(waited / minuteMs)} minutes.` : null;
}

/** The day before today's is to be done some hours into today; before any money moved there is nothing to do. */
function lateDay({ reconciledUntil, firstEntryAt }: Condition, now: WallMs): string | null {
  if (firstEntryAt === null) return null;
  const first = tehranDayOf(billingMs(firstEntryAt));
  const next = reconciledUntil === null ? first : tehranDay(dayOfDate(reconciledUntil) + 1);
  const isLate = now > startOfDay(tehranDay(next + 1)) + reconciledWithinMs;
  return isLate ? `The last reconciled day is ${reconciledUntil ?? "none"}.` : null;
}
