-- Full-text search, saved filters, bulk steps.

-- The items of a queue in the order of import: rows come in ascending, so that it costs
-- an import next to nothing.
CREATE INDEX item_queue ON item (queue_id, seq);
