-- Items that come in held back are counted: those that come in otherwise wait, and are the rest.
CREATE FUNCTION items_come_in() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    own_slot CONSTANT int := pg_backend_pid() % 64;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM came c WHERE c.stage <> 'waiting') THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock('queue_counter'::regclass::oid::int, own_slot);
    INSERT INTO queue_counter AS c (queue_id, stage, slot, n)
        SELECT n.queue_id, n.stage, own_slot, COUNT(*) FROM came n WHERE n.stage <> 'waiting'
        GROUP BY n.queue_id, n.stage
    ON CONFLICT (queue_id, stage, slot) DO UPDATE SET n = c.n + excluded.n;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION items_come_in() FROM PUBLIC;
CREATE TRIGGER counted AFTER INSERT ON item REFERENCING NEW TABLE AS came FOR EACH STATEMENT
    EXECUTE FUNCTION items_come_in();

-- An item comes in held back or waiting, with a chance.
CREATE FUNCTION item_sampled() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND (NEW.stage <> CASE NEW.held_back WHEN 1 THEN 'held_back' ELSE 'waiting' END
            OR NEW.held_back NOT IN (0, 1) OR NEW.pulled NOT IN (0, 1) OR NEW.held_back + NEW.pulled > 1
            OR NEW.chance NOT BETWEEN 0 AND 1 OR (NEW.held_back = 1 AND NEW.chance IS NULL)
            OR NEW.opinions NOT BETWEEN 1 AND 9) THEN
        PERFORM refuse('sampling takes an item or holds it back, at a chance from 0 to 1');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER d_sampled BEFORE INSERT ON item FOR EACH ROW
    WHEN (NEW.chance IS NOT NULL OR NEW.stage <> 'waiting' OR NEW.held_back <> 0 OR NEW.pulled <> 0
        OR NEW.opinions <> 1)
    EXECUTE FUNCTION item_sampled();

-- What is taken stays taken.
CREATE FUNCTION item_taken() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND (NEW.held_back <> 0 OR NEW.pulled NOT IN (0, 1)) THEN
        PERFORM refuse('what sampling has taken is not given back');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER d_taken BEFORE UPDATE OF held_back, pulled ON item FOR EACH ROW
    WHEN (NEW.held_back > OLD.held_back OR NEW.pulled NOT IN (0, 1)) EXECUTE FUNCTION item_taken();

INSERT INTO team_right (least, privilege, on_table) VALUES ('lead', 'INSERT (stage, pulled)', 'item');

-- The kinds of events that members of the team write: a later migration adds its own.
CREATE TABLE event_kind (
    word TEXT PRIMARY KEY,
    -- Only leads do such a thing.
    for_leads BOOLEAN NOT NULL
);
INSERT INTO event_kind (word, for_leads) VALUES ('queue_created', true), ('spec_applied', true),
    ('import_started', true), ('import_finished', true), ('item_updated', true), ('tagged', true),
    ('prioritised', true), ('released', true), ('decided', false), ('deferred', false), ('bulk', false),
    ('undone', false), ('redone', false), ('filter_saved', false), ('filter_removed', false), ('golden_kept', false),
    ('golden_removed', false), ('merged', false),
    ('taken_in', true), ('chances_raised', true), ('pulled', true);

CREATE OR REPLACE FUNCTION event_comes_in() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    is_for_leads BOOLEAN := (SELECT k.for_leads FROM event_kind k WHERE k.word = NEW.kind);
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    IF is_for_leads IS NULL THEN
        PERFORM refuse(format('`%s` is no kind of event for a member of the team', left(NEW.kind, 40)));
    END IF;
    IF is_for_leads AND NOT is_lead() THEN
        PERFORM refuse('applying specs, sampling, importing, tagging, reprioritising and releasing are for leads');
    END IF;
    PERFORM check_object(NEW.data, 'the data of an event'), check_time(NEW.at, 'the time of an event');
    PERFORM check_queue(NEW.item_seq, NEW.queue_id);
    -- Looked for among the item's: a plan made while nothing was decided would read all.
    IF NEW.kind = 'decided' AND (NOT EXISTS (SELECT 1 FROM (SELECT d.id, d.reviewer FROM decision d
                WHERE d.item_seq = NEW.item_seq OFFSET 0) d
            WHERE d.id = json_of(NEW.data) ->> 'decision' AND d.reviewer = NEW.actor)
        OR EXISTS (SELECT 1 FROM event e WHERE e.item_seq = NEW.item_seq AND e.kind = 'decided'
            AND json_of(e.data) ->> 'decision' = json_of(NEW.data) ->> 'decision')) THEN
        PERFORM refuse('the log tells a decision that was made, once');
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER c_for_leads ON event;
