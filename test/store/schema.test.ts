// The migrations, all of them from zero, against the tables as Drizzle sees them; and, in the compiler, each entity and
// each public field against its column.
import { env } from "cloudflare:workers";
import { is } from "drizzle-orm";
import { getTableConfig, SQLiteSyncDialect, SQLiteTable, type SQLiteColumn } from "drizzle-orm/sqlite-core";
import { describe, expect, it } from "vitest";
import type { Invoice as PublicInvoice } from "../../contract/invoice.ts";
import type { PaymentMethod as PublicPaymentMethod } from "../../contract/payment-method.ts";
import type { Payment as PublicPayment } from "../../contract/payment.ts";
import type { Price as PublicPrice, Product as PublicProduct } from "../../contract/product.ts";
import type { Quota as PublicQuota, Reservation as PublicReservation } from "../../contract/quota.ts";
import type { Subscription as PublicSubscription } from "../../contract/subscription.ts";
import type { BillingMs, WallMs } from "../../server/billing/clock.ts";
import type * as state from "../../server/billing/state.ts";
import * as authTables from "../../server/store/auth-schema.ts";
import { idempotencyKey } from "../../server/store/idempotency.ts";
import { brokenPremise } from "../../server/store/premise.ts";
import * as billingTables from "../../server/store/schema.ts";

const dialect = new SQLiteSyncDialect();
const drizzleTables = Object.values({ ...billingTables, ...authTables, idempotencyKey, brokenPremise })
  .filter((table) => is(table, SQLiteTable))
  .map((table) => getTableConfig(table))
  .toSorted((a, b) => a.name.localeCompare(b.name));
const tableNames = drizzleTables.map((table) => table.name);

interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly tbl_name: string;
  readonly sql: string | null;
}

const ours = "name NOT GLOB '_cf_*' AND name NOT GLOB 'd1_*' AND name NOT GLOB 'sqlite_*'";

async function rows<T>(query: string): Promise<readonly T[]> {
  return (await env.DB.prepare(query).all<T>()).results;
}

async function sqlOf(table: string): Promise<string> {
  const [row] = await rows<SchemaRow>(`SELECT * FROM sqlite_schema WHERE type = 'table' AND name = '${table}'`);
  return row?.sql ?? "";
}

const tidy = (sql: string) => sql.replace(/\s+/g, " ").trim();

describe("the migrations, applied from zero", () => {
  it("make exactly the tables that the code knows, every one of them STRICT", async () => {
    const found = await rows<{ name: string; strict: number }>(
      `SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND ${ours} ORDER BY name`,
    );
    expect(found.map(({ name }) => name)).toEqual(tableNames.toSorted());
    expect(found.filter(({ strict }) => strict !== 1)).toEqual([]);
  });

  it.each(drizzleTables)("make the columns of $name as the code knows them", async ({ name, columns, primaryKeys }) => {
    interface Column {
      readonly name: string;
      readonly type: string;
      readonly notnull: number;
      readonly dflt_value: string | null;
      readonly pk: number;
    }
    const found = await rows<Column>(`SELECT * FROM pragma_table_info('${name}') ORDER BY cid`);
    const inDatabase = found.map((column) => ({
      name: column.name,
      type: column.type,
      // The rowid's alias is never null, whatever its declaration says.
      isNullable: column.notnull === 0 && !(column.pk === 1 && column.type === "INTEGER"),
      default: column.dflt_value,
      isKey: column.pk > 0,
    }));
    const composite = primaryKeys.flatMap((key) => key.columns.map((column) => column.name));
    const inCode = columns.map((column) => ({
      name: column.name,
      type: column.getSQLType().toUpperCase(),
      isNullable: !column.notNull,
      default: defaultOf(column),
      isKey: column.primary || composite.includes(column.name),
    }));
    expect(inDatabase).toEqual(inCode);
  });

  it.each(drizzleTables)("make the indexes of $name as the code knows them", async (table) => {
    interface Index {
      readonly name: string;
      readonly unique: number;
      readonly origin: "c" | "u" | "pk";
    }
    const found = await rows<Index>(`SELECT name, "unique", origin FROM pragma_index_list('${table.name}')`);
    const inDatabase = await Promise.all(
      found
        .filter(({ origin }) => origin !== "pk")
        .map(async ({ name, unique, origin }) => {
          const columns = await rows<{ name: string }>(`SELECT name FROM pragma_index_info('${name}') ORDER BY seqno`);
          const [made] = await rows<SchemaRow>(`SELECT * FROM sqlite_schema WHERE name = '${name}'`);
          const [, where = null] = /\bWHERE\b(.*)$/is.exec(made?.sql ?? "") ?? [];
          return describedIndex({
            name: origin === "c" ? name : null,
            columns: columns.map((column) => column.name),
            isUnique: unique === 1,
            where,
          });
        }),
    );
    const inCode = [
      ...table.indexes.map(({ config }) =>
        describedIndex({
          name: config.name,
          columns: config.columns.map((column) => ("name" in column ? column.name : "?")),
          isUnique: config.unique,
          where: config.where ? dialect.sqlToQuery(config.where).sql : null,
        }),
      ),
      ...table.uniqueConstraints.map(({ columns }) =>
        describedIndex({ name: null, columns: columns.map(({ name }) => name), isUnique: true, where: null }),
      ),
      ...table.columns
        .filter((column) => column.isUnique)
        .map(({ name }) => describedIndex({ name: null, columns: [name], isUnique: true, where: null })),
    ];
    expect(inDatabase.toSorted()).toEqual(inCode.toSorted());
  });

  it("check in every enum column exactly the words that the code knows", async () => {
    for (const { name, columns } of drizzleTables) {
      const sql = tidy(await sqlOf(name));
      for (const column of columns) {
        if (!column.enumValues || column.enumValues.length === 0) continue;
        const [, list = ""] = new RegExp(`CHECK \\(${column.name} IN \\(([^)]*)\\)`).exec(sql) ?? [];
        const words = list.split(",").map((word) => word.trim().replaceAll("'", ""));
        expect(words, `${name}.${column.name}`).toEqual(column.enumValues);
      }
    }
  });

  it("check that a flag is 0 or 1", async () => {
    for (const { name, columns } of drizzleTables) {
      const sql = tidy(await sqlOf(name));
      for (const column of columns.filter(({ columnType }) => columnType === "SQLiteBoolean")) {
        expect(sql, `${name}.${column.name}`).toContain(`CHECK (${column.name} IN (0, 1))`);
      }
    }
  });

  it("let no foreign key delete or change what points at it", async () => {
    interface ForeignKey {
      readonly table: string;
      readonly from: string;
      readonly on_delete: string;
      readonly on_update: string;
    }
    for (const { name, foreignKeys } of drizzleTables) {
      const found = await rows<ForeignKey>(`SELECT * FROM pragma_foreign_key_list('${name}')`);
      expect(found.map((key) => key.on_delete).filter((action) => action !== "RESTRICT")).toEqual([]);
      expect(found.map((key) => key.on_update).filter((action) => action !== "NO ACTION")).toEqual([]);
      const known = foreignKeys.map((key) => key.reference().columns[0]?.name);
      expect(found.map((key) => key.from)).toEqual(expect.arrayContaining(known));
    }
  });

  it("make every trigger that keeps rows from being changed, or counts them", async () => {
    const found = await rows<SchemaRow>("SELECT * FROM sqlite_schema WHERE type = 'trigger' ORDER BY name");
    expect(found.map(({ name, tbl_name }) => `${tbl_name}: ${name}`)).toEqual([
      "archived_acknowledgement: archived_acknowledgement_is_never_deleted",
      "archived_acknowledgement: archived_acknowledgement_is_never_updated",
      "archived_stream: archived_stream_goes_forward",
      "archived_stream: archived_stream_is_never_deleted",
      "archived_stream: archived_stream_is_of_the_log",
      "audit_export: audit_export_is_final_when_signed",
      "audit_export: audit_export_is_never_deleted",
      "audit_segment: audit_segment_is_never_deleted",
      "audit_segment: audit_segment_is_never_updated",
      "billing_event: billing_event_is_never_replaced",
      "billing_event: billing_event_is_never_updated",
      "billing_event: billing_event_is_not_archived",
      "billing_event: billing_event_is_of_the_epoch",
      "billing_event: billing_event_leaves_by_a_checkpoint",
      "billing_event: billing_event_seq_is_never_replaced",
      "billing_event: billing_event_submits_only_while_collecting",
      "billing_event: billing_event_submits_only_while_gateway_answers",
      "billing_event: billing_event_waits_for_what_is_recalled",
      "broken_premise: broken_premise_caller",
      "broken_premise: broken_premise_idempotency_key",
      "closed_month: closed_month_is_never_deleted",
      "closed_month: closed_month_is_never_replaced",
      "closed_month: closed_month_is_never_updated",
      "document: document_of_nobody_erased",
      "event_checkpoint: event_checkpoint_goes_forward",
      "event_checkpoint: event_checkpoint_is_never_deleted",
      "event_checkpoint: event_checkpoint_is_never_updated",
      "event_checkpoint: event_checkpoint_is_signed",
      "event_checkpoint: event_checkpoint_is_told",
      "event_checkpoint: event_checkpoint_waits_for_readers",
      "invoice_number: invoice_number_is_never_deleted",
      "invoice_number: invoice_number_is_never_replaced",
      "invoice_number: invoice_number_is_never_updated",
      "ledger_entry: ledger_entry_is_never_deleted",
      "ledger_entry: ledger_entry_is_never_replaced",
      "ledger_entry: ledger_entry_is_never_updated",
      "ledger_entry: ledger_entry_is_of_an_open_month",
      "ledger_entry: ledger_entry_is_of_its_event",
      "payout_line: payout_line_is_never_deleted",
      "payout_line: payout_line_that_matched_is_never_updated",
      "quota_balance: quota_balance_is_to_be_told",
      "quota_balance: quota_balance_leaves_a_period",
      "quota_balance: quota_balance_reaches_a_threshold",
      "quota_balance: quota_balance_runs_low",
      "quota_read: quota_read_is_not_kept",
      "quota_read: quota_read_is_up_to_date",
      "quota_reservation: quota_reservation_is_counted",
      "quota_reservation: quota_reservation_is_counted_again",
      "quota_reservation: quota_reservation_is_kept_while_it_counts",
      "quota_reservation: quota_reservation_keeps_its_period",
      "user: user_of_nobody_erased",
    ]);
  });
});

function defaultOf(column: SQLiteColumn): string | null {
  if (column.default === undefined) return null;
  if (column.dataType === "json") return `'${JSON.stringify(column.default)}'`;
  return typeof column.default === "string" ? `'${column.default}'` : String(Number(column.default));
}

interface Index {
  readonly name: string | null;
  readonly columns: readonly string[];
  readonly isUnique: boolean;
  readonly where: string | null;
}

function describedIndex({ name, columns, isUnique, where }: Index): string {
  const condition = where === null ? "" : ` where ${tidy(where)}`;
  return `${isUnique ? "unique" : "index"} (${columns.join(", ")})${condition}${name === null ? "" : ` as ${name}`}`;
}

type Eq<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Plain<T> = { -readonly [K in keyof T]: T[K] };
type Same<A, B> = Eq<Plain<A>, Plain<B>>;
type Row<T extends SQLiteTable> = T["$inferSelect"];

type OnWire<T> = T extends WallMs | BillingMs ? string : T extends readonly (infer Item)[] ? Item[] : T;
type WireRow<T> = { [K in keyof T]: OnWire<T[K]> };

/** Every public field but the computed ones is its column on the wire, and every other column is named as hidden. */
type Shows<Public, Stored, Computed extends keyof Public, Hidden extends keyof Stored> = [
  Same<Omit<Public, Computed>, WireRow<Omit<Stored, Hidden>>>,
  Eq<Extract<Hidden, keyof Public>, Extract<Computed, keyof Stored>>,
] extends [true, true]
  ? true
  : false;

type Stored = {
  refund: Row<typeof billingTables.refund>;
  customer: Row<typeof billingTables.customer>;
  paymentMethod: Row<typeof billingTables.paymentMethod>;
  subscription: Row<typeof billingTables.subscription>;
  invoice: Row<typeof billingTables.invoice>;
  payment: Row<typeof billingTables.payment>;
  quota: Row<typeof billingTables.quotaBalance>;
  grant: Row<typeof billingTables.quotaGrant>;
  reservation: Row<typeof billingTables.quotaReservation>;
  product: Row<typeof billingTables.product>;
  price: Row<typeof billingTables.price>;
  creditNote: Row<typeof billingTables.creditNote>;
};

type SubscriptionHidden =
  | "customerId"
  | "startsOn"
  | "firstIndex"
  | "periodIndex"
  | "periodStartsAt"
  | "periodEndsAt"
  | "pausedDaysLeft"
  | "topUpHeldUntil";
type Told = "toldPercent" | "toldUsed" | "toldReserved" | "toldOverrun" | "toldAt";
type QuotaHidden = "customerId" | "subscriptionId" | "periodIndex" | "version" | "periodMessages" | Told;
type InvoiceHidden = "buyerId" | "customerId" | "returnedRials" | "returnedNetRials" | "recognizedAt";
type PaymentMethodHidden =
  | "expiryTold"
  | "unexplainedDeclines"
  | "customerId"
  | "personId"
  | "signBefore"
  | "agreementId"
  | "signatureId"
  | "askedAt"
  | "nextAskAt"
  | "cancelTries"
  | "nextCancelAt";
type PaymentHidden =
  | "customerId"
  | "authority"
  | "sendBefore"
  | "settlesAfter"
  | "answered"
  | "tries"
  | "askCount"
  | "askedAt"
  | "nextAskAt"
  | "failedHeardAt"
  | "notPaidHeardAt"
  | "closesAt"
  | "onDemand"
  | "toldAt"
  | "watchUntil"
  | "begunAt";

interface PeriodOfRow {
  index: Stored["subscription"]["periodIndex"];
  startsAt: OnWire<Stored["subscription"]["periodStartsAt"]>;
  endsAt: OnWire<Stored["subscription"]["periodEndsAt"]>;
}

describe("types", () => {
  it("each entity of the rules is its table's row, field by field", () => {
    const tied: [
      Same<Stored["customer"], state.Customer>,
      Same<Stored["paymentMethod"], state.PaymentMethod>,
      Same<Stored["subscription"], state.Subscription>,
      Same<Stored["invoice"], state.Invoice>,
      Same<Stored["payment"], state.Payment>,
      Same<Stored["refund"], state.Refund>,
      Same<Stored["creditNote"], state.CreditNote>,
      Same<Stored["grant"], state.AddedMessages>,
      Same<Omit<Stored["quota"], "used" | "reserved" | "overrun" | "version">, state.QuotaGrant>,
    ] = [true, true, true, true, true, true, true, true, true];
    expect(tied).not.toContain(false);
  });

  it("each public field is its column, and a new column is shown only when somebody says so", () => {
    const tied: [
      Shows<PublicPaymentMethod, Stored["paymentMethod"], "needs", PaymentMethodHidden>,
      Shows<PublicSubscription, Stored["subscription"], "currentPeriod", SubscriptionHidden>,
      Same<PublicSubscription["currentPeriod"], PeriodOfRow>,
      Shows<PublicInvoice, Stored["invoice"], "number" | "currency" | "dueRials", InvoiceHidden>,
      Shows<PublicPayment, Stored["payment"], "currency", PaymentHidden>,
      Shows<PublicQuota, Stored["quota"], "remaining", QuotaHidden>,
      Shows<PublicReservation, Stored["reservation"], "quota", "partnerId" | "subscriptionId" | "periodIndex">,
      Shows<PublicProduct, Stored["product"], "prices", never>,
      Shows<PublicPrice, Stored["price"], "currency", never>,
    ] = [true, true, true, true, true, true, true, true, true];
    expect(tied).not.toContain(false);
  });
});
