-- 0: others' opinions on an item are shown before it is settled.
ALTER TABLE policy ADD COLUMN blind BIGINT NOT NULL DEFAULT 1;

-- When opinions on an item of which several are asked were settled first: from then on they could be seen.
ALTER TABLE item ADD COLUMN shown_at BIGINT;
UPDATE item SET shown_at = (SELECT MAX(d.stood_from) FROM decision d WHERE d.item_seq = item.seq AND d.standing = 1)
    WHERE opinions > 1 AND verdict IN ('accept', 'reject');
