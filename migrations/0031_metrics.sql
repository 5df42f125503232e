-- Figures by day, kept by a reader of the log beside its cursor, and what it remembers to tell one change from another.
-- Made of the log alone: without these rows and its cursor, the reader makes them again from the beginning.

CREATE TABLE metric_day (
  figure TEXT NOT NULL CHECK (figure IN ('collected', 'failed', 'unknown', 'reversed', 'refunded', 'at_risk',
    'recovered', 'given_up', 'mrr_new', 'mrr_reactivation', 'mrr_expansion', 'mrr_contraction', 'mrr_churn_voluntary',
    'mrr_churn_involuntary', 'collected_in_hour', 'failed_in_hour', 'collected_at_bank')),
  day TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  part TEXT NOT NULL,
  -- No CHECK against being below zero: it would look at what is to be added, which may be, and not at the sum.
  count INTEGER NOT NULL,
  amount_rials INTEGER NOT NULL,
  PRIMARY KEY (figure, day, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE metric_subscription (
  id TEXT PRIMARY KEY NOT NULL REFERENCES subscription (id) ON DELETE RESTRICT,
  customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE RESTRICT,
  monthly_rials INTEGER NOT NULL CHECK (monthly_rials >= 0),
  is_counted INTEGER NOT NULL CHECK (is_counted IN (0, 1)),
  has_counted INTEGER NOT NULL CHECK (has_counted IN (0, 1))
) STRICT;
CREATE INDEX metric_subscription_customer_id ON metric_subscription (customer_id);

CREATE TABLE metric_invoice (
  id TEXT PRIMARY KEY NOT NULL REFERENCES invoice (id) ON DELETE RESTRICT,
  failed_on TEXT NOT NULL CHECK (failed_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  amount_rials INTEGER NOT NULL CHECK (amount_rials >= 0),
  end TEXT NOT NULL CHECK (end IN ('open', 'recovered', 'given_up'))
) STRICT;

-- No event may leave before it was counted.
INSERT INTO reader_cursor (reader, position) VALUES ('metrics', 0);
