-- Declining is a step like others, by a person in their own name.
CREATE OR REPLACE FUNCTION step_comes_in() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() THEN
        PERFORM check_word(NEW.kind, 'kind of step', 'decision', 'deferral', 'decline', 'golden', 'bulk_decision',
            'bulk_deferral', 'bulk_tags', 'bulk_priority', 'bulk_golden', 'merged'),
            check_queue(NEW.item_seq, NEW.queue_id);
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION declined_comes_in() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    PERFORM check_queue(NEW.item_seq, NEW.queue_id), check_time(NEW.at, 'the time of a refusal');
    PERFORM check_text(NEW.why, 'why an item is declined', 10000);
    IF NOT EXISTS (SELECT 1 FROM step s WHERE s.seq = NEW.step_seq AND s.reviewer = NEW.reviewer
            AND s.kind = 'decline' AND s.item_seq = NEW.item_seq) THEN
        PERFORM refuse('an item is declined by a step of its reviewer''s own');
    END IF;
    IF EXISTS (SELECT 1 FROM decision d WHERE d.item_seq = NEW.item_seq AND d.reviewer = NEW.reviewer
            AND d.standing = 1) THEN
        PERFORM refuse('who has decided an item does not decline it');
    END IF;
    RETURN NEW;
END $$;

-- An item is declined, and taken back, in the log.
CREATE FUNCTION declined_settles() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    present declined := COALESCE(NEW, OLD);
    is_there boolean;
BEGIN
    IF is_owner() THEN
        RETURN NULL;
    END IF;
    is_there := EXISTS (SELECT 1 FROM declined x WHERE x.step_seq = present.step_seq);
    IF is_there <> EXISTS (SELECT 1 FROM step s WHERE s.seq = present.step_seq AND s.undone_by IS NULL) THEN
        PERFORM refuse('an item is declined until its step is undone');
    END IF;
    IF is_there AND NOT EXISTS (SELECT 1 FROM event e WHERE e.item_seq = present.item_seq
            AND e.kind IN ('declined', 'redone') AND e.actor = present.reviewer) THEN
        PERFORM refuse('the log tells that an item is declined');
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION declined_settles() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER settles AFTER INSERT OR DELETE ON declined DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION declined_settles();

-- Who has declined an item decides it once they have taken that back.
CREATE FUNCTION is_not_declined() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND EXISTS (SELECT 1 FROM declined x WHERE x.item_seq = NEW.item_seq
            AND x.reviewer = NEW.reviewer) THEN
        PERFORM refuse('who has declined an item takes that back before they decide it');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER d_not_declined BEFORE INSERT ON decision FOR EACH ROW WHEN (NEW.reviewer_kind = 'person')
    EXECUTE FUNCTION is_not_declined();

INSERT INTO event_kind (word, for_leads) VALUES ('declined', false);
