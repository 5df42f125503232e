// Invoices, payments and what happened: the newest on "my subscription", all of them on pages of their own.
import type { Child } from "hono/jsx";
import type { Activity } from "../../../contract/activity.ts";
import type { Invoice } from "../../../contract/invoice.ts";
import type { Payment } from "../../../contract/payment.ts";
import { accepted } from "../site/api.ts";
import type { OwnPage, OwnVisit, View } from "../site/visit.ts";
import { day, toman } from "../site/words.ts";

const limit = 25;

export const invoices: OwnPage = {
  path: "/account/invoices",
  who: "subscriber",
  show: async (visit) => {
    const { data, page } = accepted(await visit.api.invoices.list({ query: { limit, ...cursorOf(visit) } }), 200).body;
    return listView(visit, "invoices", <InvoiceTable visit={visit} invoices={data} />, page.nextCursor);
  },
};

export const payments: OwnPage = {
  path: "/account/payments",
  who: "subscriber",
  show: async (visit) => {
    const { data, page } = accepted(await visit.api.payments.list({ query: { limit, ...cursorOf(visit) } }), 200).body;
    return listView(visit, "payments", <PaymentTable visit={visit} payments={data} />, page.nextCursor);
  },
};

export const activity: OwnPage = {
  path: "/account/activity",
  who: "subscriber",
  show: async (visit) => {
    const answer = await visit.api.activities.list({ query: { limit, ...cursorOf(visit) } });
    const { data, page, archivedUntil } = accepted(answer, 200).body;
    const isEnd = page.nextCursor === null && archivedUntil !== null;
    const list = (
      <>
        <ActivityList visit={visit} activities={data} />
        {isEnd ? <p class="quiet">{visit.texts.site.account.archived(day(visit.texts, archivedUntil))}</p> : null}
      </>
    );
    return listView(visit, "activity", list, page.nextCursor);
  },
};

function cursorOf({ url }: OwnVisit): { cursor?: string } {
  const cursor = url.searchParams.get("cursor");
  return cursor === null ? {} : { cursor };
}

function listView(
  { texts, url }: OwnVisit,
  name: "invoices" | "payments" | "activity",
  list: Child,
  nextCursor: string | null,
): View {
  const words = texts.site.account;
  const content = (
    <>
      <section class="card">{list}</section>
      {nextCursor === null ? null : (
        <p>
          <a href={`${url.pathname}?cursor=${encodeURIComponent(nextCursor)}`}>{words.more}</a>
        </p>
      )}
    </>
  );
  return { title: words[name], content };
}

export function InvoiceTable({ visit, invoices: rows }: { visit: OwnVisit; invoices: readonly Invoice[] }) {
  const { texts } = visit;
  const { account, invoiceStatus } = texts.site;
  if (rows.length === 0) return <p class="quiet">{account.nothing}</p>;
  return (
    <Table heads={[account.date, account.amount, account.status, ""]}>
      {rows.map(({ id, finalizedAt, totalRials, status }) => (
        <tr>
          <td class="number">{day(texts, finalizedAt)}</td>
          <td class="number">{toman(texts, totalRials)}</td>
          <td>{invoiceStatus[status]}</td>
          <td>
            <a href={`/v1/invoices/${id}/document?language=${texts.language}`}>{account.document}</a>
          </td>
        </tr>
      ))}
    </Table>
  );
}

export function PaymentTable({ visit, payments: rows }: { visit: OwnVisit; payments: readonly Payment[] }) {
  const { texts } = visit;
  const { account, paymentStatus } = texts.site;
  if (rows.length === 0) return <p class="quiet">{account.nothing}</p>;
  return (
    <Table heads={[account.date, account.amount, account.status, ""]}>
      {rows.map(({ id, createdAt, amountRials, status }) => (
        <tr>
          <td class="number">{day(texts, createdAt)}</td>
          <td class="number">{toman(texts, amountRials)}</td>
          <td>{paymentStatus[status]}</td>
          <td>
            {status === "succeeded" ? (
              <a href={`/v1/payments/${id}/receipt?language=${texts.language}`}>{account.receipt}</a>
            ) : (
              <a href={`/account/payments/${id}`}>{account.details}</a>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}

export function Table({ heads, children }: { heads: readonly string[]; children: Child }) {
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>{heads.map((head) => (head === "" ? <td /> : <th scope="col">{head}</th>))}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

export function ActivityList({ visit, activities }: { visit: OwnVisit; activities: readonly Activity[] }) {
  const { texts } = visit;
  if (activities.length === 0) return <p class="quiet">{texts.site.account.nothing}</p>;
  return (
    <ul class="plain">
      {activities.map(({ at, text }) => (
        <li class="dated">
          <span>{text[texts.language]}</span>
          <span class="quiet">{day(texts, at)}</span>
        </li>
      ))}
    </ul>
  );
}
