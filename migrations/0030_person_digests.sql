-- Operators find a customer by a mobile number or a name. Both stand sealed, so that what is looked for is a keyed digest
-- of them: it tells nobody anything, and goes with the person. And the bank's reference of a pay-out leads to its refund.

CREATE TABLE person_digest (
  kind TEXT NOT NULL CHECK (kind IN ('mobile', 'name')),
  digest TEXT NOT NULL CHECK (length(digest) = 64),
  customer_id TEXT NOT NULL,
  PRIMARY KEY (kind, digest, customer_id)
) STRICT;
CREATE INDEX person_digest_customer_id ON person_digest (customer_id);

CREATE INDEX refund_reference ON refund (reference) WHERE reference IS NOT NULL;
