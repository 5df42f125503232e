// Tells people what happened and what is to come. A reader of the log writes notices down, once for each event, kind and
// channel; then each is claimed and sent. Who dies in between sends nothing twice. Nobody's address stands in a log line.
import { CustomerId } from "../../contract/common/id.ts";
import type { Notice } from "../../contract/notification.ts";
import { after, dayMs, instant, minuteMs, type WallMs } from "../billing/clock.ts";
import { rials } from "../billing/money.ts";
import { isWanted, noticeOf, sendableAt, toldTypes } from "../billing/notice.ts";
import { isRejection } from "../billing/rejection.ts";
import { decideUpcoming } from "../billing/upcoming.ts";
import type { Deps } from "../deps.ts";
import { logFault } from "../http/fault.ts";
import { MessageRefused } from "../http/messenger.ts";
import { noticeMessage } from "../http/notice-message.ts";
import { bodyOf, type StoredEvent } from "../store/chain.ts";
import {
  addNotices,
  claimNotice,
  findToTell,
  noticeIn,
  noticeReader as reader,
  settleNotice,
  type Coming,
  type NewNotice,
  type StoredNotice,
} from "../store/notices.ts";
import { atHome } from "../store/databases.ts";
import { findContact, reachOf } from "../store/notification-preferences.ts";
import { findPayable } from "../store/payable.ts";
import { moveReader, readLog } from "../store/reader.ts";
import { rehearse } from "../store/transact.ts";

const pageSize = 500;
const maxPages = 5;
/** Of the 1,000 statements of a run what is to come costs a load each, a notice some five, and up to ten seconds. */
const atMost = { maxComing: 10, maxDue: 30 } as const;
/** News that nobody was told for so long is none. */
const newsForMs = 2 * dayMs;
/** A claim outlives the provider's ten seconds. */
const claimMs = 10 * minuteMs;
/** After a refusal; the sixth is the last. */
const retryMs = [1, 5, 15, 60, 240].map((minutes) => minutes * minuteMs);

/** Writes down what is new, and sends what may go out now. */
export async function tellPeople(deps: Deps): Promise<void> {
  await writeDown(deps);
  const found = await findToTell(deps.db, deps.wall(), atMost);
  for (const coming of found.coming) await foretell(deps, coming);
  const { due } = found.coming.length === 0 ? found : await findToTell(deps.db, deps.wall(), atMost);
  for (const row of due) await send(deps, row);
}

async function writeDown(deps: Deps): Promise<void> {
  for (let pages = 0; pages < maxPages; pages++) {
    const { cursor, events } = await readLog(deps.db, reader, { types: toldTypes, limit: pageSize });
    const last = events.at(-1);
    if (!last) return;
    await addNotices(deps.db, await rowsOf(deps, newsIn(events, deps.wall())));
    if (!(await moveReader(deps.db, reader, { from: cursor, to: last.position }))) return;
  }
}

interface News {
  readonly about: string;
  readonly customerId: CustomerId;
  readonly notice: Notice;
}

/** Whoever is sent a link to pay an invoice need not be told as well that its debit failed. */
function newsIn(events: readonly StoredEvent[], now: WallMs): readonly News[] {
  const news = events.flatMap((event) => {
    const customerId = CustomerId.safeParse(event.stream);
    if (!customerId.success || event.at <= after(now, -newsForMs)) return [];
    const notice = noticeOf(bodyOf(event));
    return notice ? [{ about: event.id, customerId: customerId.data, notice }] : [];
  });
  const linked = new Set(news.flatMap(({ notice }) => (notice.kind === "payment_link" ? [notice.data.invoiceId] : [])));
  return news.filter(({ notice }) => notice.kind !== "payment_failed" || !linked.has(notice.data.invoiceId));
}

/** A row for each channel by which somebody can be reached and wants to be. */
async function rowsOf(deps: Deps, news: readonly News[]): Promise<readonly NewNotice[]> {
  if (news.length === 0) return [];
  const reach = await reachOf(deps, [...new Set(news.map(({ customerId }) => customerId))]);
  const now = deps.wall();
  return news.flatMap(({ about, customerId, notice: { kind, data } }) => {
    const { channels = [], chosen = [] } = reach.get(customerId) ?? {};
    const wanted = channels.filter((channel) => isWanted(chosen, { kind, channel }));
    return wanted.map((channel) => {
      const nextAt = sendableAt(channel, now);
      return { about, kind, channel, customerId, data, status: "waiting" as const, nextAt, createdAt: now };
    });
  });
}

/** What the next period will cost, as things stand; noted also where there is nothing to tell. */
async function foretell(deps: Deps, coming: Coming): Promise<void> {
  const { subscriptionId, customerId, periodIndex, isTrial, endsAt } = coming;
  const rehearsed = await rehearse(deps, {
    customerId,
    decide: (slice, now, ids) => decideUpcoming(slice, subscriptionId, now, ids),
  });
  const events = isRejection(rehearsed) ? [] : rehearsed.events;
  const amountRials = rials(events.reduce((sum, event) => sum + owedBy(event), 0));
  const kind = isTrial ? "trial_ending" : "renewal_coming";
  const notice: Notice = { kind, data: { subscriptionId, amountRials, at: instant(endsAt) } };
  const about = `${subscriptionId}:${periodIndex}`;
  const rows = amountRials === 0 ? [] : await rowsOf(deps, [{ about, customerId, notice }]);
  const { data } = notice;
  const noted = { about, kind, customerId, data, createdAt: deps.wall() } as const;
  const nobody: NewNotice = { ...noted, channel: "email", status: "dropped", nextAt: null };
  await addNotices(deps.db, rows.length > 0 ? rows : [nobody]);
}

function owedBy({ type, data }: { readonly type: string; readonly data: object }): number {
  if (type === "invoice.finalized" && "totalRials" in data) return Number(data.totalRials);
  if (type === "credit.applied" && "amountRials" in data) return -Number(data.amountRials);
  return 0;
}

async function send(deps: Deps, row: StoredNotice): Promise<void> {
  const { db, wall } = deps;
  const now = wall();
  const sendable = sendableAt(row.channel, now);
  if (sendable > now) return settleNotice(db, row, { status: "waiting", nextAt: sendable, endedAt: null });
  const message = await messageOf(deps, row);
  if (!message) return settleNotice(db, row, { status: "dropped", nextAt: null, endedAt: now });
  // From here on it is sent at most once, unless the provider says that it was not taken.
  if (!(await claimNotice(db, row, after(now, claimMs)))) return;
  try {
    await deps.messenger.send(message);
    await settleNotice(db, row, { status: "sent", nextAt: null, endedAt: wall() });
  } catch (fault) {
    logFault(deps, fault, { event: "notice_not_sent" });
    if (fault instanceof MessageRefused) await refuse(deps, row);
    else await settleNotice(db, row, { status: "unknown", nextAt: null, endedAt: wall() });
  }
}

async function refuse({ db, wall }: Deps, row: StoredNotice): Promise<void> {
  const waitMs = retryMs[row.attempts];
  if (waitMs === undefined) return settleNotice(db, row, { status: "refused", nextAt: null, endedAt: wall() });
  await settleNotice(db, row, { status: "waiting", nextAt: after(wall(), waitMs), endedAt: null });
}

/** Null when it no longer holds, or nobody can be reached any more. */
async function messageOf(deps: Deps, row: StoredNotice) {
  const { db, config } = deps;
  const notice = noticeIn(row);
  const asksToPay = notice.kind === "payment_link" || notice.kind === "payment_failed";
  const payable = asksToPay ? await findPayable(db, notice.data.invoiceId) : null;
  if (asksToPay && payable?.status !== "open") return null;
  const to = (await findContact(atHome(deps).db, row.customerId))[row.channel];
  if (to === null) return null;
  const id = `${row.about}:${row.kind}:${row.channel}`;
  const { publicUrl } = config;
  return noticeMessage({ id, channel: row.channel, to, notice, dueRials: payable?.dueRials ?? 0, publicUrl });
}
