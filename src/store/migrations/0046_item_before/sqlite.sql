-- What an item or a check said before stays.
CREATE TRIGGER item_before_no_update BEFORE UPDATE ON item_before BEGIN SELECT RAISE(ABORT, 'what was is append-only'); END;
CREATE TRIGGER item_before_no_delete BEFORE DELETE ON item_before BEGIN SELECT RAISE(ABORT, 'what was is append-only'); END;

UPDATE golden_change SET at = COALESCE((SELECT MAX(g.kept_at) FROM golden g WHERE g.seq = golden_change.golden_seq),
    (SELECT MAX(g.kept_at) FROM golden g WHERE g.item_seq = golden_change.item_seq), 0);
