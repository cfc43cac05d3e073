-- A body that cannot be read says nothing that could be counted: it comes in all the same, as a move
-- brings it, and doctor names it.
CREATE OR REPLACE FUNCTION decision_judged() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    criteria text[];
    levels bigint[];
    categories text[];
BEGIN
    BEGIN
        SELECT array_agg(e.key), array_agg(e.value::bigint) INTO criteria, levels
            FROM json_each_text(json_of(NEW.body) -> 'scores') e WHERE e.value IS NOT NULL;
        SELECT array_agg(DISTINCT e) INTO categories FROM json_array_elements_text(json_of(NEW.body) -> 'categories') e
            WHERE e IS NOT NULL;
    EXCEPTION WHEN data_exception THEN
        RETURN NULL;
    END;
    INSERT INTO decision_score (decision_seq, criterion, level)
        SELECT NEW.seq, s.criterion, s.level FROM unnest(criteria, levels) s (criterion, level) ON CONFLICT DO NOTHING;
    INSERT INTO decision_category (decision_seq, category) SELECT NEW.seq, c FROM unnest(categories) c;
    RETURN NULL;
END $$;

-- The groups that a decision is in: model, prompt version and day; reviewer; each category; of an
-- escalation the route, and the minutes at which it was decided and is due.
CREATE VIEW decision_group AS
SELECT d.seq AS decision_seq, d.queue_id, d.verdict, 'made' AS kind, COALESCE(i.model, '') AS key,
    COALESCE(i.prompt_version, '') AS sub, d.decided_at - ((d.decided_at % 86400000) + 86400000) % 86400000 AS at,
    CAST(0 AS BIGINT) AS due
FROM decision d JOIN item i ON i.seq = d.item_seq WHERE d.verdict IN ('accept', 'reject', 'escalate')
UNION ALL
SELECT d.seq, d.queue_id, d.verdict, 'reviewer', d.reviewer, '', 0, 0
FROM decision d WHERE d.verdict IN ('accept', 'reject', 'escalate')
UNION ALL
SELECT d.seq, d.queue_id, d.verdict, 'category', c.category, '', 0, 0
FROM decision d JOIN decision_category c ON c.decision_seq = d.seq
WHERE d.verdict IN ('accept', 'reject', 'escalate')
UNION ALL
SELECT d.seq, d.queue_id, d.verdict, 'desk', COALESCE(json_of(CASE WHEN is_json(d.body) THEN d.body END) ->> 'route', ''), '',
    d.decided_at - ((d.decided_at % 60000) + 60000) % 60000, COALESCE(d.due_at - ((d.due_at % 60000) + 60000) % 60000, 0)
FROM decision d WHERE d.verdict = 'escalate';

-- The counters follow the decisions that are counted, by themselves: nobody but the owner writes them.
CREATE FUNCTION count_groups() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    weight CONSTANT bigint := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
    INSERT INTO group_count AS c (queue_id, kind, key, sub, at, due, accepted, rejected, escalated)
        SELECT g.queue_id, g.kind, g.key, g.sub, g.at, g.due, weight * COUNT(*) FILTER (WHERE g.verdict = 'accept'),
            weight * COUNT(*) FILTER (WHERE g.verdict = 'reject'), weight * COUNT(*) FILTER (WHERE g.verdict = 'escalate')
        -- One by one: a plan made while nothing was decided would read all.
        FROM changed n CROSS JOIN LATERAL (SELECT * FROM decision_group g WHERE g.decision_seq = n.decision_seq OFFSET 0) g
        GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (queue_id, kind, key, sub, at, due) DO UPDATE SET accepted = c.accepted + excluded.accepted,
        rejected = c.rejected + excluded.rejected, escalated = c.escalated + excluded.escalated;
    IF weight < 0 THEN
        DELETE FROM group_count c USING changed n
            CROSS JOIN LATERAL (SELECT * FROM decision_group g WHERE g.decision_seq = n.decision_seq OFFSET 0) g
        WHERE (c.queue_id, c.kind, c.key, c.sub, c.at, c.due) = (g.queue_id, g.kind, g.key, g.sub, g.at, g.due)
            AND c.accepted = 0 AND c.rejected = 0 AND c.escalated = 0;
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION count_groups() FROM PUBLIC;
CREATE TRIGGER counts AFTER INSERT ON group_counted REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION count_groups();
CREATE TRIGGER discounts AFTER DELETE ON group_counted REFERENCING OLD TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION count_groups();
DELETE FROM team_right WHERE on_table = 'group_count';

-- What is of record is counted, and nothing else, whoever says so.
CREATE FUNCTION counts_what_is_of_record() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    of_decision CONSTANT bigint := CASE TG_OP WHEN 'INSERT' THEN NEW.decision_seq ELSE OLD.decision_seq END;
    is_of_record boolean;
BEGIN
    IF is_owner() THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    is_of_record := EXISTS (SELECT 1 FROM decision d JOIN item i ON i.seq = d.item_seq AND i.decision_seq = d.seq
        WHERE d.seq = of_decision);
    -- Somebody may have changed that just now: then the item is to be counted anew anyway.
    RETURN CASE WHEN is_of_record = (TG_OP = 'INSERT') THEN COALESCE(NEW, OLD) END;
END $$;
CREATE TRIGGER d_counts BEFORE INSERT OR DELETE ON group_counted FOR EACH ROW
    EXECUTE FUNCTION counts_what_is_of_record();

-- Decisions that were looked at are counted as they are of record, or their item is to be counted anew.
CREATE FUNCTION is_counted(of_item bigint) RETURNS boolean LANGUAGE sql STABLE
    SET search_path = pg_catalog, karat, pg_temp AS $$
    SELECT NOT EXISTS (SELECT 1 FROM decision d JOIN item i ON i.seq = d.item_seq
            LEFT JOIN group_counted c ON c.decision_seq = d.seq
            WHERE d.item_seq = of_item AND d.seq <= (SELECT m.decision_seq FROM group_mark m)
            AND COALESCE(i.decision_seq = d.seq, false) <> (c.decision_seq IS NOT NULL))
        OR EXISTS (SELECT 1 FROM group_stale s WHERE s.item_seq = of_item)
$$;

CREATE FUNCTION stale_is_counted() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND NOT is_counted(OLD.item_seq) THEN
        PERFORM refuse('what is to be counted anew is counted');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER settles AFTER DELETE ON group_stale DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION stale_is_counted();

CREATE FUNCTION count_goes_on() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND (NEW.decision_seq < OLD.decision_seq
            OR NEW.decision_seq > (SELECT COALESCE(MAX(d.seq), 0) FROM decision d)
            OR EXISTS (SELECT 1 FROM (SELECT d.item_seq FROM decision d
                WHERE d.seq > OLD.decision_seq AND d.seq <= NEW.decision_seq ORDER BY d.seq OFFSET 0) d
                WHERE NOT is_counted(d.item_seq))) THEN
        PERFORM refuse('the count goes on over what is counted, and not back');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER settles AFTER UPDATE ON group_mark DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.decision_seq <> NEW.decision_seq) EXECUTE FUNCTION count_goes_on();

-- A decision that is committed when the count has gone on over its number is counted with its item.
CREATE FUNCTION decision_is_passed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    INSERT INTO group_stale (item_seq) SELECT NEW.item_seq FROM group_mark m WHERE m.decision_seq >= NEW.seq;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION decision_is_passed() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER passed AFTER INSERT ON decision DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION decision_is_passed();
