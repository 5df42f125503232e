-- The books by day, summed up once when a day is reconciled; and months in which nothing can be booked any more.

CREATE INDEX ledger_entry_at ON ledger_entry (at);
CREATE INDEX invoice_open ON invoice (due_at) WHERE status = 'open';

CREATE TABLE ledger_day (
  day TEXT NOT NULL,
  account TEXT NOT NULL CHECK (account IN ('receivable', 'deferred_revenue', 'revenue', 'vat_payable',
    'gateway_clearing', 'gateway_fee', 'customer_credit', 'refunds_payable', 'rounding', 'bank', 'adjustments')),
  debit_rials INTEGER NOT NULL CHECK (debit_rials >= 0),
  credit_rials INTEGER NOT NULL CHECK (credit_rials >= 0),
  PRIMARY KEY (day, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE revenue_day (
  day TEXT NOT NULL,
  product_id TEXT NOT NULL REFERENCES product (id) ON DELETE RESTRICT,
  amount_rials INTEGER NOT NULL CHECK (amount_rials <> 0),
  PRIMARY KEY (day, product_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE vat_day (
  day TEXT PRIMARY KEY NOT NULL,
  taxed_rials INTEGER NOT NULL CHECK (taxed_rials >= 0),
  vat_rials INTEGER NOT NULL CHECK (vat_rials >= 0),
  exempt_rials INTEGER NOT NULL CHECK (exempt_rials >= 0),
  returned_taxed_rials INTEGER NOT NULL CHECK (returned_taxed_rials >= 0),
  returned_vat_rials INTEGER NOT NULL CHECK (returned_vat_rials >= 0),
  returned_exempt_rials INTEGER NOT NULL CHECK (returned_exempt_rials >= 0)
) STRICT, WITHOUT ROWID;

-- Days that were reconciled before there were these tables; Tehran has been at +03:30 all year since 1402. Revenue of an
-- invoice with lines of several products went to the first one's.
INSERT INTO ledger_day SELECT date((at + 12600000) / 1000, 'unixepoch') AS day, account,
    SUM(MAX(amount_rials, 0)), SUM(MAX(-amount_rials, 0))
  FROM ledger_entry WHERE day <= (SELECT MAX(day) FROM reconciliation WHERE status = 'completed') GROUP BY day, account;
INSERT INTO revenue_day SELECT date((e.at + 12600000) / 1000, 'unixepoch') AS day, p.product_id, -SUM(e.amount_rials)
  FROM ledger_entry e JOIN invoice i ON i.id = e.invoice_id
    JOIN price p ON p.id = json_extract(i.lines, '$[0].priceId')
  WHERE e.account = 'revenue' AND day <= (SELECT MAX(day) FROM reconciliation WHERE status = 'completed')
  GROUP BY day, p.product_id HAVING SUM(e.amount_rials) <> 0;
INSERT INTO vat_day SELECT day, SUM(IIF(vat > 0, net, 0)), SUM(MAX(vat, 0)), SUM(IIF(vat = 0, MAX(net, 0), 0)),
    SUM(IIF(vat < 0, -net, 0)), SUM(MAX(-vat, 0)), SUM(IIF(vat = 0, MAX(-net, 0), 0))
  FROM (SELECT date((at + 12600000) / 1000, 'unixepoch') AS day,
      -SUM(IIF(account IN ('deferred_revenue', 'revenue'), amount_rials, 0)) AS net,
      -SUM(IIF(account = 'vat_payable', amount_rials, 0)) AS vat
    FROM ledger_entry WHERE day <= (SELECT MAX(day) FROM reconciliation WHERE status = 'completed')
    GROUP BY day, event_id)
  GROUP BY day;

CREATE TABLE closed_month (
  month TEXT PRIMARY KEY NOT NULL CHECK (month GLOB '1[34][0-9][0-9]-[01][0-9]'),
  ends_at INTEGER NOT NULL UNIQUE,
  debit_rials INTEGER NOT NULL CHECK (debit_rials >= 0),
  closed_at INTEGER NOT NULL CHECK (closed_at >= ends_at)
) STRICT;
CREATE TRIGGER closed_month_is_never_updated BEFORE UPDATE ON closed_month
BEGIN SELECT RAISE(ABORT, 'closed_month is append-only'); END;
CREATE TRIGGER closed_month_is_never_deleted BEFORE DELETE ON closed_month
BEGIN SELECT RAISE(ABORT, 'closed_month is append-only'); END;
CREATE TRIGGER closed_month_is_never_replaced BEFORE INSERT ON closed_month
WHEN EXISTS (SELECT 1 FROM closed_month WHERE month = NEW.month OR ends_at = NEW.ends_at)
BEGIN SELECT RAISE(ABORT, 'closed_month is append-only'); END;
CREATE TRIGGER ledger_entry_is_of_an_open_month BEFORE INSERT ON ledger_entry
WHEN NEW.at < (SELECT MAX(ends_at) FROM closed_month)
BEGIN SELECT RAISE(ABORT, 'ledger_entry is of a closed month'); END;
