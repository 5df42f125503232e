-- What a message beyond those granted costs, and how many of them there may be in a period; null where none is charged.
ALTER TABLE price ADD COLUMN overage_rials INTEGER CHECK (overage_rials > 0);
ALTER TABLE price ADD COLUMN overage_messages INTEGER CHECK (overage_messages > 0);
