-- Figures by product and by partner: rows of each beside those of all, whose product or partner is empty, so that a question
-- reads as many rows as before. The reader makes them again from the log; unless old events have left it: then what was
-- counted for all stays, and what is remembered is where figures by product and by partner begin.

CREATE TABLE old_metric_day AS SELECT * FROM metric_day WHERE EXISTS (SELECT 1 FROM event_checkpoint);
CREATE TABLE old_metric_subscription AS SELECT * FROM metric_subscription WHERE EXISTS (SELECT 1 FROM event_checkpoint);
CREATE TABLE old_metric_invoice AS SELECT * FROM metric_invoice WHERE EXISTS (SELECT 1 FROM event_checkpoint);
DROP TABLE metric_day;
DROP TABLE metric_subscription;
DROP TABLE metric_invoice;
UPDATE reader_cursor SET position = 0 WHERE reader = 'metrics' AND NOT EXISTS (SELECT 1 FROM event_checkpoint);

CREATE TABLE metric_day (
  product_id TEXT NOT NULL,
  partner_id TEXT NOT NULL,
  figure TEXT NOT NULL CHECK (figure IN ('collected', 'failed', 'unknown', 'reversed', 'refunded', 'at_risk',
    'recovered', 'given_up', 'mrr_new', 'mrr_reactivation', 'mrr_expansion', 'mrr_contraction', 'mrr_churn_voluntary',
    'mrr_churn_involuntary', 'collected_in_hour', 'failed_in_hour', 'collected_at_bank')),
  day TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  part TEXT NOT NULL,
  -- No CHECK against being below zero: it would look at what is to be added, which may be, and not at the sum.
  count INTEGER NOT NULL,
  amount_rials INTEGER NOT NULL,
  PRIMARY KEY (product_id, partner_id, figure, day, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE metric_subscription (
  id TEXT NOT NULL REFERENCES subscription (id) ON DELETE RESTRICT,
  product_id TEXT NOT NULL REFERENCES product (id) ON DELETE RESTRICT,
  customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE RESTRICT,
  monthly_rials INTEGER NOT NULL CHECK (monthly_rials >= 0),
  is_counted INTEGER NOT NULL CHECK (is_counted IN (0, 1)),
  has_counted INTEGER NOT NULL CHECK (has_counted IN (0, 1)),
  PRIMARY KEY (id, product_id)
) STRICT;
CREATE INDEX metric_subscription_customer_id ON metric_subscription (customer_id);

CREATE TABLE metric_invoice (
  id TEXT NOT NULL REFERENCES invoice (id) ON DELETE RESTRICT,
  product_id TEXT NOT NULL REFERENCES product (id) ON DELETE RESTRICT,
  failed_on TEXT NOT NULL CHECK (failed_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  amount_rials INTEGER NOT NULL CHECK (amount_rials >= 0),
  end TEXT NOT NULL CHECK (end IN ('open', 'recovered', 'given_up')),
  PRIMARY KEY (id, product_id)
) STRICT;

-- From here on only where events have left. What has several products is the first one's.
INSERT INTO metric_subscription SELECT m.id, s.product_id, m.customer_id, m.monthly_rials, m.is_counted, m.has_counted
  FROM old_metric_subscription AS m JOIN subscription AS s ON s.id = m.id;
INSERT INTO metric_invoice SELECT m.id, p.product_id, m.failed_on, m.amount_rials, m.end
  FROM old_metric_invoice AS m JOIN invoice AS i ON i.id = m.id JOIN price AS p ON p.id = json_extract(i.lines, '$[0].priceId');
INSERT INTO metric_day SELECT '', '', figure, day, part, count, amount_rials FROM old_metric_day;
-- What recurs begins as new, on the last day that was counted.
INSERT INTO metric_day
  SELECT scope.product_id, scope.partner_id, 'mrr_new', (SELECT MAX(day) FROM old_metric_day), '',
    COUNT(DISTINCT m.customer_id), SUM(m.monthly_rials)
  FROM metric_subscription AS m JOIN customer AS c ON c.id = m.customer_id
    JOIN (SELECT p.id AS product_id, '' AS partner_id FROM product AS p UNION ALL SELECT '', q.id FROM partner AS q
      UNION ALL SELECT p.id, q.id FROM product AS p CROSS JOIN partner AS q) AS scope
      ON scope.product_id IN ('', m.product_id) AND scope.partner_id IN ('', c.partner_id)
  WHERE m.is_counted = 1 AND m.monthly_rials > 0 GROUP BY scope.product_id, scope.partner_id;
INSERT INTO metric_day
  SELECT scope.product_id, scope.partner_id, ends.figure, m.failed_on, '', COUNT(*), SUM(m.amount_rials)
  FROM metric_invoice AS m JOIN invoice AS i ON i.id = m.id JOIN customer AS c ON c.id = i.customer_id
    JOIN (SELECT p.id AS product_id, '' AS partner_id FROM product AS p UNION ALL SELECT '', q.id FROM partner AS q
      UNION ALL SELECT p.id, q.id FROM product AS p CROSS JOIN partner AS q) AS scope
      ON scope.product_id IN ('', m.product_id) AND scope.partner_id IN ('', c.partner_id)
    JOIN (SELECT 'at_risk' AS figure UNION ALL SELECT 'recovered' UNION ALL SELECT 'given_up') AS ends
      ON ends.figure IN ('at_risk', m.end)
  GROUP BY scope.product_id, scope.partner_id, ends.figure, m.failed_on;
DROP TABLE old_metric_day;
DROP TABLE old_metric_subscription;
DROP TABLE old_metric_invoice;
