// What is wrong with the system, told by its condition; and the runbook, which has a section for each.
import { readFileSync } from "node:fs";
import { expect, it, test } from "vitest";
import { AlertName } from "../../contract/health.ts";
import { TehranDate } from "../../contract/common/time.ts";
import { after, hourMs, minuteMs, wallMs } from "../../server/billing/clock.ts";
import { alertsOf } from "../../server/health/alerts.ts";
import type { Condition } from "../../server/store/health.ts";
import { alertInPersian } from "../../server/text/alerts.ts";

/** 13:30 in Tehran. */
const now = wallMs(Date.parse("2026-11-23T10:00:00Z"));
const ago = (ms: number) => after(now, -ms);

const well: Condition = {
  collecting: true,
  dueSince: ago(10 * minuteMs),
  stuck: 0,
  deliverySince: null,
  disabledEndpoints: 3,
  openExceptions: 0,
  reconciledUntil: TehranDate.parse("2026-11-22"),
  firstEntryAt: ago(900 * hourMs),
  breakerUntil: null,
  readers: [
    { reader: "notices", unreadSince: null },
    { reader: "webhooks", unreadSince: ago(10 * minuteMs) },
  ],
};

const of = (changed: Partial<Condition>, at = now) => alertsOf({ ...well, ...changed }, at);

it("has nothing to tell while what waits is young, and yesterday is reconciled", () => {
  expect(of({})).toEqual([]);
  expect(of({ firstEntryAt: null, reconciledUntil: null })).toEqual([]);
  expect(of({ firstEntryAt: ago(9 * hourMs), reconciledUntil: null })).toEqual([]);
});

test.each([
  ["customers_wait", "page", { dueSince: ago(10 * minuteMs + 1) }, "A customer has been due for 10 minutes."],
  ["customers_stuck", "page", { stuck: 2 }, "Customers whose work fails each time: 2."],
  [
    "reader_behind",
    "page",
    { readers: [{ reader: "webhooks", unreadSince: ago(11 * minuteMs) }] },
    "The log has not been read in time by: webhooks.",
  ],
  ["deliveries_wait", "ticket", { deliverySince: ago(90 * minuteMs) }, "A webhook has been due for 90 minutes."],
  ["collecting_stopped", "page", { collecting: false }, "No new debits are sent: an operator has stopped collecting."],
  ["breaker_open", "page", { breakerUntil: ago(-minuteMs) }, "Five debits in a row have ended unknown: new ones wait."],
  [
    "reconciliation_late",
    "ticket",
    { reconciledUntil: TehranDate.parse("2026-11-21") },
    "The last reconciled day is 2026-11-21.",
  ],
  ["exceptions_wait", "ticket", { openExceptions: 1 }, "Exceptions that wait for a decision: 1."],
] as const)("%s is a %s", (name, severity, changed, detail) => {
  expect(of(changed)).toEqual([{ name, severity, detail }]);
  expect(alertInPersian(detail)).toMatch(/^[^a-z]*(?:webhooks[^a-z]*)?$/);
});

it("waits with yesterday until eight in the morning of Tehran", () => {
  const until = { reconciledUntil: TehranDate.parse("2026-11-21") };
  const eight = wallMs(Date.parse("2026-11-23T04:30:00Z"));
  expect(of({ ...until, dueSince: null, readers: [] }, eight)).toEqual([]);
  expect(of({ ...until, dueSince: null, readers: [] }, after(eight, 1))).toHaveLength(1);
});

it("does not wait in vain for a reader that goes by the hour, and waits no longer than two", () => {
  const read = (ms: number) => of({ readers: [{ reader: "metrics", unreadSince: ago(ms) }] });
  expect(read(2 * hourMs)).toEqual([]);
  expect(read(2 * hourMs + 1)).toMatchObject([{ name: "reader_behind" }]);
});

it("begins with the day of the first entry", () => {
  const late = of({ firstEntryAt: ago(72 * hourMs), reconciledUntil: null });
  expect(late).toMatchObject([{ name: "reconciliation_late", detail: "The last reconciled day is none." }]);
});

test.each(AlertName.options)(
  "the runbook says of %s what it means, how to see it, what to do and when it is over",
  (name) => {
    const runbook = readFileSync(new URL("../../docs/runbook.md", import.meta.url).pathname, "utf8");
    const [, section = ""] = runbook.split(`### \`${name}\`\n`);
    const words = [...(section.split("\n#")[0] ?? "").matchAll(/^\*\*(\w+)\*\*/gm)].map(([, word]) => word);
    expect(words).toEqual(["Means", "See", "Do", "Over"]);
  },
);
