-- Statements that no program of ours sends, and a plain client could.

-- A decision takes the place of one that was made for the same: an opinion is not turned into what
-- settles it. And the next attempt rests on what stands: beside it comes in what counts nowhere, and
-- what never stands here.
CREATE FUNCTION decision_replaces() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    IF NEW.supersedes IS NOT NULL
            AND NEW.purpose IS DISTINCT FROM (SELECT d.purpose FROM decision d WHERE d.seq = NEW.supersedes) THEN
        PERFORM refuse('a decision supersedes one that was made for the same purpose');
    END IF;
    IF (NEW.slot IS NOT NULL OR NEW.purpose <> 'opinion') AND NOT never_stands(NEW)
            AND EXISTS (SELECT 1 FROM item i WHERE i.seq = NEW.item_seq AND i.replaced_by IS NOT NULL) THEN
        PERFORM refuse('a later attempt has taken this item''s place');
    END IF;
    RETURN NEW;
END $$;

-- It comes with a merge, and its reviewer has decided later here; or it repeats one, to be compared with it.
CREATE FUNCTION never_stands(coming decision) RETURNS boolean LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM step s WHERE s.seq = coming.step_seq AND s.kind IN ('merged', 'repeat'));
END $$;
CREATE TRIGGER c_replaces BEFORE INSERT ON decision FOR EACH ROW
    WHEN (NEW.reviewer_kind = 'person') EXECUTE FUNCTION decision_replaces();

CREATE OR REPLACE FUNCTION attempt_rests() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND NOT never_stands(NEW)
            AND EXISTS (SELECT 1 FROM item i WHERE i.seq = OLD.item_seq AND i.replaced_by IS NOT NULL) THEN
        PERFORM refuse('the next attempt rests on this decision');
    END IF;
    RETURN NEW;
END $$;

-- What settles opinions comes in, or stands again, where they disagree, or in the place of the same
-- person's earlier one.
CREATE FUNCTION adjudication_is_asked() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    -- Undoing a reopening brings all back that stood, in any order.
    IF is_owner() OR NEW.standing = 0 OR never_stands(NEW) OR has_reopened(NEW.seq) THEN
        RETURN NEW;
    END IF;
    IF (SELECT o.stage FROM item_outcome o WHERE o.item_seq = NEW.item_seq) IS DISTINCT FROM 'disputed'
            AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.item_seq = NEW.item_seq AND d.reviewer = NEW.reviewer
                AND d.standing = 1 AND d.purpose = 'adjudication' AND d.seq <> NEW.seq) THEN
        PERFORM refuse('the opinions on this item do not disagree');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER d_adjudication_comes BEFORE INSERT ON decision FOR EACH ROW
    WHEN (NEW.purpose = 'adjudication') EXECUTE FUNCTION adjudication_is_asked();
CREATE TRIGGER d_adjudication_stands BEFORE UPDATE OF standing ON decision FOR EACH ROW
    WHEN (NEW.purpose = 'adjudication' AND OLD.standing = 0 AND NEW.standing = 1)
    EXECUTE FUNCTION adjudication_is_asked();

-- A reviewer asks for a second opinion on what they have decided, and for no third.
CREATE FUNCTION second_is_asked() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND NOT is_lead() AND (NEW.opinions <> 2 OR NOT EXISTS (SELECT 1 FROM decision d
            WHERE d.item_seq = NEW.seq AND d.reviewer = session_user::text)) THEN
        PERFORM refuse('a second opinion is asked on what one has decided');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER asks_second AFTER UPDATE OF opinions ON item DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.opinions <> NEW.opinions) EXECUTE FUNCTION second_is_asked();

-- A claim is of an opinion that is asked, or of none (0: to settle them; -1: to repeat one's own), and one
-- of a person's on an item.
CREATE FUNCTION claim_is_asked() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    IF NEW.slot NOT BETWEEN -1 AND (SELECT i.opinions FROM item i WHERE i.seq = NEW.item_seq) THEN
        PERFORM refuse('no such opinion is asked of this item');
    END IF;
    IF EXISTS (SELECT 1 FROM claim c WHERE c.item_seq = NEW.item_seq AND c.reviewer = NEW.reviewer
            AND c.slot <> NEW.slot AND c.expires_at > present_millis()) THEN
        PERFORM refuse('one person claims one opinion of an item');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER e_asked BEFORE INSERT ON claim FOR EACH ROW
    EXECUTE FUNCTION claim_is_asked();
