-- The role `agent`: a program that brings attempts. It imports outputs of cases that there are, lets
-- them take the place of rejected ones, and decides nothing. What the checks of the spec say of what
-- it brings, it writes in their name.

CREATE FUNCTION is_agent() RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    RETURN COALESCE((SELECT p.role FROM person p WHERE p.name = session_user::text ORDER BY p.seq DESC LIMIT 1), '')
        = 'agent';
END $$;

-- An item that the agent has brought.
CREATE FUNCTION is_brought(of_item bigint) RETURNS boolean LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM item i JOIN import m ON m.id = i.import_id
        WHERE i.seq = of_item AND m.started_by = session_user::text);
END $$;

CREATE FUNCTION agent_brings() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_agent() AND (NEW.case_id IS NULL OR NOT EXISTS (SELECT 1 FROM import m
                WHERE m.id = NEW.import_id AND m.started_by = session_user::text)
            OR NOT (EXISTS (SELECT 1 FROM item o WHERE o.case_id = NEW.case_id AND o.queue_id = NEW.queue_id)
                OR EXISTS (SELECT 1 FROM item o WHERE o.queue_id = NEW.queue_id AND o.id = NEW.case_id))) THEN
        PERFORM refuse('an agent brings attempts at cases that there are, by an import of its own');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER d_agent_brings BEFORE INSERT ON item FOR EACH ROW EXECUTE FUNCTION agent_brings();

-- What it has brought takes the place of an output of the same case that is to be made again.
CREATE FUNCTION agent_replaces() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_agent() AND ((NEW.line_attempt <> OLD.line_attempt AND NOT is_brought(NEW.seq))
            OR (NEW.replaced_by IS DISTINCT FROM OLD.replaced_by AND (OLD.replaced_by IS NOT NULL
                OR OLD.stage <> 'to_retry' OR NOT is_brought(NEW.replaced_by) OR NOT EXISTS (SELECT 1 FROM item n
                    WHERE n.seq = NEW.replaced_by AND n.queue_id = OLD.queue_id
                    AND n.case_id = COALESCE(OLD.case_id, OLD.id))))) THEN
        PERFORM refuse('an agent replaces an output that is to be made again, by an attempt of its own');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER c_agent_replaces BEFORE UPDATE OF replaced_by, line_attempt ON item FOR EACH ROW
    EXECUTE FUNCTION agent_replaces();

-- A rule of sampling may take all outputs of a case at a greater rate, once an attempt comes under it.
CREATE FUNCTION agent_raises() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_agent() AND NOT EXISTS (SELECT 1 FROM item n JOIN import m ON m.id = n.import_id
            WHERE n.case_id = OLD.case_id AND n.queue_id = OLD.queue_id AND m.started_by = session_user::text) THEN
        PERFORM refuse('an agent raises the chance of the cases alone to which it has brought attempts');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER c_agent_raises BEFORE UPDATE OF chance, rule, rule_version, held_back, pulled ON item FOR EACH ROW
    EXECUTE FUNCTION agent_raises();

CREATE FUNCTION agent_decides_nothing() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_agent() AND NOT ((to_jsonb(NEW) ->> TG_ARGV[0]) LIKE 'check:%' AND is_brought(NEW.item_seq)) THEN
        PERFORM refuse('an agent brings attempts, and decides nothing');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER b_agent BEFORE INSERT ON step FOR EACH ROW EXECUTE FUNCTION agent_decides_nothing('reviewer');
CREATE TRIGGER b_agent BEFORE INSERT ON decision FOR EACH ROW EXECUTE FUNCTION agent_decides_nothing('reviewer');
CREATE TRIGGER b_agent BEFORE INSERT ON event FOR EACH ROW WHEN (NEW.kind = 'decided')
    EXECUTE FUNCTION agent_decides_nothing('actor');

CREATE FUNCTION agent_checks() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_agent() AND NOT is_brought(NEW.item_seq) THEN
        PERFORM refuse('an agent tells what checks found on what it has brought');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER b_agent BEFORE INSERT ON failed_check FOR EACH ROW EXECUTE FUNCTION agent_checks();

-- It claims what it makes again.
CREATE FUNCTION agent_claims() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_agent() AND (SELECT i.stage FROM item i WHERE i.seq = NEW.item_seq) <> 'to_retry' THEN
        PERFORM refuse('an agent claims what is to be made again, and nothing else');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER b_agent BEFORE INSERT OR UPDATE ON claim FOR EACH ROW EXECUTE FUNCTION agent_claims();

CREATE FUNCTION agent_counts() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_agent() AND NEW.items < OLD.items THEN
        PERFORM refuse('an agent takes nothing away');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER c_agent_counts BEFORE UPDATE ON queue FOR EACH ROW EXECUTE FUNCTION agent_counts();
CREATE POLICY agents_count ON queue FOR UPDATE USING ((SELECT is_agent())) WITH CHECK ((SELECT is_agent()));

CREATE OR REPLACE FUNCTION own_name() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    name text := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
    IF is_owner() OR (TG_OP = 'INSERT' AND TG_TABLE_NAME IN ('step', 'decision', 'event') AND name LIKE 'check:%'
            AND (is_lead() OR is_agent())) THEN
        RETURN NEW;
    END IF;
    PERFORM refuse(format('you are `%s` here, and what you write is recorded under that name alone, not `%s`',
        session_user, name));
END $$;
CREATE POLICY by_check_of_agent ON step FOR INSERT
    WITH CHECK (kind = 'decision' AND reviewer LIKE 'check:%' AND (SELECT is_agent()));
CREATE POLICY by_check_of_agent ON decision FOR INSERT
    WITH CHECK (reviewer_kind = 'check' AND reviewer LIKE 'check:%' AND (SELECT is_agent()));
CREATE POLICY by_check_of_agent ON event FOR INSERT
    WITH CHECK (kind = 'decided' AND actor LIKE 'check:%' AND (SELECT is_agent()));

ALTER TABLE event_kind ADD COLUMN for_agents BOOLEAN NOT NULL DEFAULT false;
UPDATE event_kind SET for_agents = true WHERE word IN ('import_started', 'import_finished', 'taken_in', 'replaced');
CREATE OR REPLACE FUNCTION event_comes_in() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    known event_kind;
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    SELECT * INTO known FROM event_kind k WHERE k.word = NEW.kind;
    IF known.word IS NULL THEN
        PERFORM refuse(format('`%s` is no kind of event for a member of the team', left(NEW.kind, 40)));
    END IF;
    IF is_agent() AND NOT known.for_agents AND NEW.actor NOT LIKE 'check:%' THEN
        PERFORM refuse('an agent brings attempts, and does nothing else');
    END IF;
    IF known.for_leads AND NOT is_lead() AND NOT (known.for_agents AND is_agent()) THEN
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

-- What an import takes, and no more.
INSERT INTO team_right (least, privilege, on_table) VALUES
    ('agent', 'INSERT (queue_id, source, started_at, started_by, path)', 'import'),
    ('agent', 'INSERT', 'document'),
    ('agent', 'INSERT', 'document_hash'),
    ('agent', 'UPDATE', 'document_mark'),
    ('agent', 'INSERT (seq, queue_id, id, hash_a, hash_b, import_id, case_id, attempt, rank, model, prompt_version,
        latency_ms, cost_usd, tokens_in, tokens_out, created_at, tags, held_back, chance, rule, rule_version, opinions,
        line_attempt, stage, pulled)', 'item'),
    ('agent', 'UPDATE (verdict, decision_seq, stage, settled_by, retries, replaced_by, line_attempt)', 'item'),
    ('agent', 'INSERT', 'item_text'),
    ('agent', 'UPDATE (items)', 'queue'),
    ('agent', 'INSERT', 'failed_check'),
    ('agent', 'INSERT (queue_id, reviewer, kind, item_seq)', 'step'),
    ('agent', 'INSERT (id, step_seq, queue_id, item_seq, reviewer, verdict, body, correction_kind, correction,
        active_millis, spec_version, decided_at, supersedes, lens_shown, standing, due_at, reviewer_kind, purpose, slot,
        arrived_at, stood_from, stood_until, cause, after_seen, sides)', 'decision'),
    ('agent', 'INSERT (at, queue_id, item_seq, actor, kind, data)', 'event'),
    ('agent', 'INSERT', 'group_stale'),
    ('agent', 'DELETE', 'draft'),
    ('agent', 'INSERT', 'draft_before'),
    ('agent', 'UPDATE (chance, rule, rule_version, held_back, pulled)', 'item'),
    ('agent', 'INSERT, DELETE, UPDATE (reviewer, session, token, expires_at)', 'claim'),
    ('agent', 'INSERT', 'fingerprint'),
    ('agent', 'INSERT, UPDATE (support)', 'item_lens'),
    ('agent', 'UPDATE', 'text_mark');

CREATE OR REPLACE FUNCTION team_set_rights(person text, given text) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    each team_right;
    filed name;
BEGIN
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA karat FROM %I', person);
    EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA karat FROM %I', person);
    EXECUTE format('REVOKE ALL ON SCHEMA karat FROM %I', person);
    IF given IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA karat TO %I', person);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA karat TO %I', person);
    FOR each IN SELECT * FROM team_right WHERE least = given OR (least = 'reviewer' AND given = 'lead') LOOP
        EXECUTE format('GRANT %s ON %I TO %I', each.privilege, each.on_table, person);
    END LOOP;
    IF given IN ('agent', 'reviewer', 'lead') THEN
        -- The index of full-text search. What an import replaces is taken out of it, and what
        -- was decided anew is filed anew.
        FOR filed IN SELECT relname FROM pg_class WHERE relnamespace = 'karat'::regnamespace
                AND relkind IN ('r', 'p') AND relname LIKE 'text\_%' AND relname <> 'text_mark' LOOP
            EXECUTE format('GRANT INSERT%s ON %I TO %I',
                CASE WHEN given = 'lead' OR filed IN ('text_stale', 'text_decided') THEN ', DELETE' END, filed, person);
        END LOOP;
    END IF;
    IF given = 'lead' THEN
        EXECUTE format('GRANT EXECUTE ON FUNCTION team_grant(text, text) TO %I', person);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION team_grant(person text, given text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF given NOT IN ('viewer', 'agent', 'reviewer', 'lead') THEN
        PERFORM refuse(format('`%s` is no role: there are viewer, agent, reviewer and lead', given));
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = person AND rolcanlogin) THEN
        RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = format('the server knows no login `%s`', person);
    END IF;
    IF (SELECT pg_has_role(person, relowner, 'USAGE') FROM pg_class WHERE oid = 'karat.queue'::regclass) THEN
        PERFORM refuse(format('`%s` owns the workspace, and may do everything anyway', person));
    END IF;
    LOCK TABLE person IN SHARE ROW EXCLUSIVE MODE;
    PERFORM team_set_rights(person, given);
    IF given IS NULL OR given = 'agent' THEN
        DELETE FROM claim WHERE reviewer = person;
    END IF;
    INSERT INTO person (name, role, granted_by, granted_at)
        VALUES (person, given, session_user, CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT));
END $$;
