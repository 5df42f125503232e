// All of one customer's invoices, payments, credit notes, ledger entries and raw webhook events, each on a page of its own.
import type { Child } from "hono/jsx";
import { CustomerId } from "../../../contract/common/id.ts";
import type { Booking } from "../../../contract/finance.ts";
import type { Invoice } from "../../../contract/invoice.ts";
import type { Payment } from "../../../contract/payment.ts";
import type { WebhookEvent } from "../../../contract/webhook.ts";
import { accepted } from "../site/api.ts";
import { Tag } from "../site/parts.tsx";
import { idIn, type OperatorPage, type View, type Visit } from "../site/visit.ts";
import { count, day } from "../site/words.ts";
import { Action } from "./action.tsx";
import { Code, cursorIn, More, Rows } from "./parts.tsx";
import { moment, rials } from "./words.ts";

const limit = 25;

/** Which customer and which page of the list. */
function asked(visit: Visit) {
  const customerId = idIn(CustomerId, visit.params["customerId"]);
  return { params: { customerId }, query: { limit, ...cursorIn(visit) } };
}

export const customerInvoices: OperatorPage = {
  path: "/operator/customers/:customerId/invoices",
  who: "operator",
  show: async (visit) => {
    const wanted = asked(visit);
    const { data, page } = accepted(await visit.api.invoices.listOfCustomer(wanted), 200).body;
    const { customerId } = wanted.params;
    const rows = <InvoiceRows visit={visit} customerId={customerId} invoices={data} />;
    return listView(visit, { title: visit.texts.operator.customers.invoices, nextCursor: page.nextCursor }, rows);
  },
};

export const customerPayments: OperatorPage = {
  path: "/operator/customers/:customerId/payments",
  who: "operator",
  show: async (visit) => {
    const { data, page } = accepted(await visit.api.payments.listOfCustomer(asked(visit)), 200).body;
    const rows = <PaymentRows visit={visit} payments={data} />;
    return listView(visit, { title: visit.texts.operator.customers.payments, nextCursor: page.nextCursor }, rows);
  },
};

export const customerNotes: OperatorPage = {
  path: "/operator/customers/:customerId/credit-notes",
  who: "operator",
  show: async (visit) => {
    const { texts } = visit;
    const { customers: words, actions, payment } = texts.operator;
    const { data, page } = accepted(await visit.api.credits.listNotesOfCustomer(asked(visit)), 200).body;
    const rows = (
      <Rows
        visit={visit}
        heads={[payment.invoice, { figure: words.amount }, words.date, ""]}
        of={data}
        row={({ invoiceId, issuedAt, totalRials, reason }) => (
          <tr>
            <td>
              <Code>{invoiceId}</Code>
            </td>
            <td class="figure">{rials(texts, totalRials)}</td>
            <td class="number quiet">{day(texts, issuedAt)}</td>
            <td>
              <Tag of={reason}>{actions.kinds[reason]}</Tag>
            </td>
          </tr>
        )}
      />
    );
    return listView(visit, { title: words.notes, nextCursor: page.nextCursor }, rows);
  },
};

export const customerBookings: OperatorPage = {
  path: "/operator/customers/:customerId/bookings",
  who: "operator",
  show: async (visit) => {
    const { customers: words, nothing } = visit.texts.operator;
    const { data, page } = accepted(await visit.api.finance.listBookingsOfCustomer(asked(visit)), 200).body;
    const rows =
      data.length === 0 ? (
        <p class="quiet">{nothing}</p>
      ) : (
        <table class="ledger">
          <thead>
            <tr>
              <th scope="col">{words.account}</th>
              <th scope="col" class="figure">
                {words.debit}
              </th>
              <th scope="col" class="figure">
                {words.creditSide}
              </th>
            </tr>
          </thead>
          {data.map((booking) => (
            <Booked visit={visit} booking={booking} />
          ))}
        </table>
      );
    return listView(visit, { title: words.bookings, text: words.bookingsText, nextCursor: page.nextCursor }, rows);
  },
};

function Booked({ visit, booking: { type, at, entries } }: { visit: Visit; booking: Booking }) {
  const { texts } = visit;
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" colspan={3}>
          <span class="row">
            <Code>{type}</Code>
            <span>{moment(texts, at)}</span>
          </span>
        </th>
      </tr>
      {entries.map(({ account, amountRials }) => (
        <tr>
          <td>{texts.operator.accounts[account]}</td>
          <td class="figure">{amountRials > 0 ? count(texts, amountRials) : null}</td>
          <td class="figure">{amountRials < 0 ? count(texts, -amountRials) : null}</td>
        </tr>
      ))}
    </tbody>
  );
}

export const customerHints: OperatorPage = {
  path: "/operator/customers/:customerId/hints",
  who: "operator",
  show: async (visit) => {
    const { customers: words, nothing } = visit.texts.operator;
    const { data, page } = accepted(await visit.api.webhooks.listOfCustomer(asked(visit)), 200).body;
    const rows =
      data.length === 0 ? (
        <p class="quiet">{nothing}</p>
      ) : (
        <ul class="plain">
          {data.map((hint) => (
            <Hint visit={visit} hint={hint} />
          ))}
        </ul>
      );
    return listView(visit, { title: words.hints, text: words.hintsText, nextCursor: page.nextCursor }, rows);
  },
};

function Hint({ visit, hint: { source, subjectId, body, receivedAt } }: { visit: Visit; hint: WebhookEvent }) {
  const { texts } = visit;
  return (
    <li>
      <p class="row">
        <span>{texts.operator.customers.hintSource[source]}</span>
        <span class="quiet">{moment(texts, receivedAt)}</span>
      </p>
      {subjectId === null ? null : (
        <p>
          <Code>{subjectId}</Code>
        </p>
      )}
      <pre dir="ltr" lang="en">
        {body}
      </pre>
    </li>
  );
}

interface Listed {
  readonly title: string;
  readonly text?: string;
  readonly nextCursor: string | null;
}

function listView(visit: Visit, { title, text, nextCursor }: Listed, rows: Child): View {
  const { customers: words } = visit.texts.operator;
  const content = (
    <>
      {text === undefined ? null : <p>{text}</p>}
      <section class="card">{rows}</section>
      <More visit={visit} nextCursor={nextCursor} />
      <p>
        <a href={`/operator/customers/${visit.params["customerId"]}`}>{words.back}</a>
      </p>
    </>
  );
  return { title, content };
}

interface InvoicesOf {
  readonly visit: Visit;
  readonly customerId: CustomerId;
  readonly invoices: readonly Invoice[];
}

export function InvoiceRows({ visit, customerId, invoices }: InvoicesOf) {
  const { texts } = visit;
  const { customers: words } = texts.operator;
  return (
    <Rows
      visit={visit}
      heads={[words.number, { figure: words.amount }, words.date, words.status, ""]}
      of={invoices}
      row={({ id, number, finalizedAt, totalRials, status }) => (
        <tr>
          <td>
            <a href={`/v1/operator/invoices/${id}/document?language=${texts.language}`}>
              <bdi dir="ltr">{number ?? id}</bdi>
            </a>
          </td>
          <td class="figure">{rials(texts, totalRials)}</td>
          <td class="number quiet">{day(texts, finalizedAt)}</td>
          <td>
            <Tag of={status}>{texts.site.invoiceStatus[status]}</Tag>
          </td>
          <td class="whole">
            <span class="picks">
              {status === "open" ? <Action visit={visit} name="void" about={id} of={customerId} /> : null}
              {status === "open" ? <Action visit={visit} name="uncollectible" about={id} of={customerId} /> : null}
              {status === "paid" ? <Action visit={visit} name="note" about={id} of={customerId} /> : null}
            </span>
          </td>
        </tr>
      )}
    />
  );
}

export function PaymentRows({ visit, payments }: { visit: Visit; payments: readonly Payment[] }) {
  const { texts } = visit;
  const { customers: words, payment } = texts.operator;
  return (
    <Rows
      visit={visit}
      heads={[words.amount, words.status, payment.kind, words.date]}
      of={payments}
      row={({ id, createdAt, amountRials, kind, status }) => (
        <tr>
          <td class="number">
            <a href={`/operator/payments/${id}`}>{rials(texts, amountRials)}</a>
          </td>
          <td>
            <Tag of={status}>{texts.site.paymentStatus[status]}</Tag>
          </td>
          <td>{payment.kinds[kind]}</td>
          <td class="number quiet">{moment(texts, createdAt)}</td>
        </tr>
      )}
    />
  );
}
