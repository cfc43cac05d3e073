-- Who may do what, kept by PostgreSQL itself, whatever program connects.
--
-- A person is a login role, and their name in the workspace is its name. Roles belong to
-- the whole cluster, rights do not: each person is granted theirs on the tables of this
-- database alone (`team_grant`), so that no membership opens another workspace.
--
-- Grants say which tables and columns a person may write. Row-level security says which
-- rows. Triggers keep what must never change, and that what is written fits together;
-- those that only concern people let the owner pass, who moves whole workspaces.
--
-- Functions have a path of their own, with temporary tables last: nobody puts a table of
-- theirs in the place of one that is checked. What a function may that its caller may not
-- is for triggers; PUBLIC could make one on a temporary table, and may not execute it.

-- The owner of the tables, who is a member of it, or a superuser.
-- In plpgsql, which keeps its plan: triggers ask for each row.
CREATE FUNCTION is_owner() RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    RETURN (SELECT pg_has_role(session_user, relowner, 'USAGE') FROM pg_class WHERE oid = 'karat.queue'::regclass);
END $$;

-- Leads and the owner.
CREATE FUNCTION is_lead() RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    RETURN has_table_privilege(session_user, 'karat.spec', 'INSERT');
END $$;

-- What the triggers say: 42501 is the code of every right that is lacking.
CREATE FUNCTION refuse(sentence text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = sentence;
END $$;

-- What never changes, for nobody.

CREATE FUNCTION never_changes() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    PERFORM refuse(format('%s is append-only: what is recorded is neither changed nor deleted', TG_TABLE_NAME));
    RETURN NULL;
END $$;

CREATE FUNCTION only_standing_changes() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    stands bigint := NEW.standing;
BEGIN
    NEW.standing := OLD.standing;
    IF NEW IS DISTINCT FROM OLD THEN
        PERFORM refuse(format('of a %s only whether it stands ever changes', TG_TABLE_NAME));
    END IF;
    NEW.standing := stands;
    RETURN NEW;
END $$;

CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON spec FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON import FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON golden_change FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_changes BEFORE UPDATE OR DELETE ON person FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_deleted BEFORE DELETE ON decision FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_deleted BEFORE DELETE ON golden FOR EACH ROW EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_only_standing BEFORE UPDATE ON decision FOR EACH ROW EXECUTE FUNCTION only_standing_changes();
CREATE TRIGGER a_only_standing BEFORE UPDATE ON golden FOR EACH ROW EXECUTE FUNCTION only_standing_changes();
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON spec FOR EACH STATEMENT EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON import FOR EACH STATEMENT EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON golden_change FOR EACH STATEMENT EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON person FOR EACH STATEMENT EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON decision FOR EACH STATEMENT EXECUTE FUNCTION never_changes();
CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON golden FOR EACH STATEMENT EXECUTE FUNCTION never_changes();

-- The counters of a queue follow its items. Nobody but the owner sets them.

CREATE FUNCTION count_verdict() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    INSERT INTO tally (queue_id, slot, accepted, rejected, escalated) VALUES (NEW.queue_id, pg_backend_pid() % 64,
        (NEW.verdict IS NOT DISTINCT FROM 'accept')::int - (OLD.verdict IS NOT DISTINCT FROM 'accept')::int,
        (NEW.verdict IS NOT DISTINCT FROM 'reject')::int - (OLD.verdict IS NOT DISTINCT FROM 'reject')::int,
        (NEW.verdict IS NOT DISTINCT FROM 'escalate')::int - (OLD.verdict IS NOT DISTINCT FROM 'escalate')::int)
    ON CONFLICT (queue_id, slot) DO UPDATE SET accepted = tally.accepted + excluded.accepted,
        rejected = tally.rejected + excluded.rejected, escalated = tally.escalated + excluded.escalated;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION count_verdict() FROM PUBLIC;

-- At the commit: two who share a slot wait for each other's commits and for nothing else.
CREATE CONSTRAINT TRIGGER item_counted AFTER UPDATE OF verdict ON item DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.verdict IS DISTINCT FROM NEW.verdict) EXECUTE FUNCTION count_verdict();

-- One's own name alone.

CREATE FUNCTION own_name() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() THEN
        PERFORM refuse(format('you are `%s` here, and what you write is recorded under that name alone, not `%s`',
            session_user, to_jsonb(NEW) ->> TG_ARGV[0]));
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER b_own_name BEFORE INSERT OR UPDATE ON step FOR EACH ROW
    WHEN (NEW.reviewer <> session_user::text) EXECUTE FUNCTION own_name('reviewer');
CREATE TRIGGER b_own_name BEFORE INSERT OR UPDATE ON decision FOR EACH ROW
    WHEN (NEW.reviewer <> session_user::text) EXECUTE FUNCTION own_name('reviewer');
CREATE TRIGGER b_own_name BEFORE INSERT OR UPDATE ON deferral FOR EACH ROW
    WHEN (NEW.reviewer <> session_user::text) EXECUTE FUNCTION own_name('reviewer');
CREATE TRIGGER b_own_name BEFORE INSERT OR UPDATE ON claim FOR EACH ROW
    WHEN (NEW.reviewer <> session_user::text) EXECUTE FUNCTION own_name('reviewer');
CREATE TRIGGER b_own_name BEFORE INSERT OR UPDATE ON draft FOR EACH ROW
    WHEN (NEW.reviewer <> session_user::text) EXECUTE FUNCTION own_name('reviewer');
CREATE TRIGGER b_own_name BEFORE INSERT OR UPDATE ON habit FOR EACH ROW
    WHEN (NEW.reviewer <> session_user::text) EXECUTE FUNCTION own_name('reviewer');
CREATE TRIGGER b_own_name BEFORE INSERT OR UPDATE ON macro FOR EACH ROW
    WHEN (NEW.reviewer <> session_user::text) EXECUTE FUNCTION own_name('reviewer');
CREATE TRIGGER b_own_name BEFORE INSERT OR UPDATE ON saved_filter FOR EACH ROW
    WHEN (NEW.saved_by <> session_user::text) EXECUTE FUNCTION own_name('saved_by');
CREATE TRIGGER b_own_name BEFORE INSERT ON event FOR EACH ROW
    WHEN (NEW.actor <> session_user::text) EXECUTE FUNCTION own_name('actor');
CREATE TRIGGER b_own_name BEFORE INSERT ON golden FOR EACH ROW
    WHEN (NEW.kept_by <> session_user::text) EXECUTE FUNCTION own_name('kept_by');
CREATE TRIGGER b_own_name BEFORE INSERT ON spec FOR EACH ROW
    WHEN (NEW.applied_by <> session_user::text) EXECUTE FUNCTION own_name('applied_by');
CREATE TRIGGER b_own_name BEFORE INSERT ON import FOR EACH ROW
    WHEN (NEW.started_by <> session_user::text) EXECUTE FUNCTION own_name('started_by');

-- Work under way is for its reviewer's eyes, the rest is for everybody's.
ALTER TABLE draft ENABLE ROW LEVEL SECURITY;
ALTER TABLE habit ENABLE ROW LEVEL SECURITY;
ALTER TABLE macro ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON draft USING (reviewer = session_user::text);
CREATE POLICY own ON habit USING (reviewer = session_user::text);
CREATE POLICY own ON macro USING (reviewer = session_user::text);

ALTER TABLE step ENABLE ROW LEVEL SECURITY;
ALTER TABLE step_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE decision ENABLE ROW LEVEL SECURITY;
ALTER TABLE deferral ENABLE ROW LEVEL SECURITY;
ALTER TABLE claim ENABLE ROW LEVEL SECURITY;
ALTER TABLE event ENABLE ROW LEVEL SECURITY;
ALTER TABLE golden ENABLE ROW LEVEL SECURITY;
ALTER TABLE queue ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON step FOR SELECT USING (true);
CREATE POLICY everybody ON step_item FOR SELECT USING (true);
CREATE POLICY everybody ON decision FOR SELECT USING (true);
CREATE POLICY everybody ON deferral FOR SELECT USING (true);
CREATE POLICY everybody ON claim FOR SELECT USING (true);
CREATE POLICY everybody ON event FOR SELECT USING (true);
CREATE POLICY everybody ON golden FOR SELECT USING (true);
CREATE POLICY everybody ON queue FOR SELECT USING (true);
CREATE POLICY own ON step USING (reviewer = session_user::text);
CREATE POLICY own ON step_item
    USING (EXISTS (SELECT 1 FROM step s WHERE s.seq = step_seq AND s.reviewer = session_user::text));
CREATE POLICY own ON decision USING (reviewer = session_user::text);
CREATE POLICY own ON deferral USING (reviewer = session_user::text);
CREATE POLICY own ON event FOR INSERT WITH CHECK (actor = session_user::text);
CREATE POLICY own ON golden FOR INSERT WITH CHECK (kept_by = session_user::text);
-- A newer example takes the place of another's.
CREATE POLICY everybody_settles ON golden FOR UPDATE USING (true);

-- A claim that has expired is anybody's, by the server's clock and ten seconds' grace for
-- those of the programs. A lead frees any.
CREATE POLICY own ON claim FOR INSERT WITH CHECK (reviewer = session_user::text);
CREATE POLICY own_or_expired ON claim FOR UPDATE
    USING (reviewer = session_user::text
        OR expires_at < CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) + 10000)
    WITH CHECK (reviewer = session_user::text);
CREATE POLICY own_or_lead ON claim FOR DELETE USING (reviewer = session_user::text OR (SELECT is_lead()));

-- Whoever may review may lock a queue's row; only leads change it.
CREATE POLICY leads_make ON queue FOR INSERT WITH CHECK (true);
CREATE POLICY leads_change ON queue FOR UPDATE USING (true) WITH CHECK (is_lead());

-- Things for leads.

CREATE FUNCTION for_leads() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_lead() THEN
        PERFORM refuse(TG_ARGV[0]);
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE TRIGGER c_for_leads BEFORE INSERT ON event FOR EACH ROW
    WHEN (NEW.kind IN ('queue_created', 'spec_applied', 'import_started', 'import_finished', 'item_updated',
        'tagged', 'prioritised', 'released'))
    EXECUTE FUNCTION for_leads('applying specs, importing, tagging, reprioritising and releasing are for leads');
CREATE TRIGGER c_for_leads BEFORE UPDATE OR DELETE ON saved_filter FOR EACH ROW
    WHEN (OLD.saved_by <> session_user::text)
    EXECUTE FUNCTION for_leads('the filter is another''s: only a lead changes or removes it');

-- What is recorded fits together.

-- A decision, as it comes in.
CREATE FUNCTION decision_begins() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    IF NEW.standing <> 1 THEN
        PERFORM refuse('a new decision stands');
    END IF;
    IF NOT EXISTS (SELECT 1 FROM item i JOIN spec s ON s.queue_id = i.queue_id
            WHERE i.seq = NEW.item_seq AND i.queue_id = NEW.queue_id AND s.version = NEW.spec_version) THEN
        PERFORM refuse('a decision is of its item''s queue, under a version of its spec');
    END IF;
    IF NOT EXISTS (SELECT 1 FROM step s WHERE s.seq = NEW.step_seq AND s.reviewer = NEW.reviewer
            AND s.queue_id = NEW.queue_id AND s.undone_by IS NULL
            AND (s.kind = 'bulk_decision' OR (s.kind IN ('decision', 'merged') AND s.item_seq = NEW.item_seq))) THEN
        PERFORM refuse('a decision has a step of its reviewer''s own');
    END IF;
    IF NEW.supersedes IS NOT NULL AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.seq = NEW.supersedes
            AND d.item_seq = NEW.item_seq AND d.reviewer = NEW.reviewer) THEN
        PERFORM refuse('a decision supersedes its reviewer''s earlier one on the item');
    END IF;
    RETURN NEW;
END $$;

-- A decision, once its transaction is about to end: what stands is what was neither undone
-- nor superseded, at most one of a reviewer's; the item has the verdict that follows from
-- what stands; and the log tells it.
CREATE FUNCTION decision_settles() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    present decision;
    is_undone boolean;
    is_superseded boolean;
    is_late boolean;
BEGIN
    IF is_owner() THEN
        RETURN NULL;
    END IF;
    SELECT * INTO present FROM decision WHERE seq = NEW.seq;
    SELECT s.undone_by IS NOT NULL OR EXISTS (SELECT 1 FROM step_item b
            WHERE b.step_seq = s.seq AND b.item_seq = present.item_seq AND b.stands = 0)
        INTO is_undone FROM step s WHERE s.seq = present.step_seq;
    is_superseded := EXISTS (SELECT 1 FROM decision d JOIN step s ON s.seq = d.step_seq
        WHERE d.item_seq = present.item_seq AND d.supersedes = present.seq AND s.undone_by IS NULL
        AND NOT EXISTS (SELECT 1 FROM step_item b
            WHERE b.step_seq = s.seq AND b.item_seq = d.item_seq AND b.stands = 0));
    -- It came with a merge, when its reviewer had decided later here.
    is_late := EXISTS (SELECT 1 FROM step s WHERE s.seq = present.step_seq AND s.kind = 'merged');
    IF present.standing NOT IN (0, 1) OR (present.standing = 1) = (is_undone OR is_superseded OR is_late) THEN
        PERFORM refuse('a decision stands until it is undone or superseded');
    END IF;
    IF (SELECT COUNT(*) FROM decision d
            WHERE d.item_seq = present.item_seq AND d.reviewer = present.reviewer AND d.standing = 1) > 1 THEN
        PERFORM refuse('of a reviewer''s decisions on an item one stands');
    END IF;
    IF NOT is_settled(present.item_seq) THEN
        PERFORM refuse('an item has the verdict that its standing decisions add up to');
    END IF;
    IF TG_OP = 'INSERT' AND NOT EXISTS (SELECT 1 FROM event e WHERE e.item_seq = present.item_seq
            AND e.kind = 'decided' AND e.actor = present.reviewer AND e.data::json ->> 'decision' = present.id) THEN
        PERFORM refuse('a decision stands in the log');
    END IF;
    RETURN NULL;
END $$;

-- Whether the item's verdict of record is what `Store::settle` makes of its decisions.
CREATE FUNCTION is_settled(of_item bigint) RETURNS boolean LANGUAGE sql STABLE
    SET search_path = pg_catalog, karat, pg_temp AS $$
    SELECT (i.decision_seq, i.verdict) IS NOT DISTINCT FROM (d.seq, d.verdict)
    FROM item i LEFT JOIN LATERAL (SELECT seq, verdict FROM decision
        WHERE item_seq = i.seq AND standing = 1 ORDER BY second_opinion, seq DESC LIMIT 1) d ON true
    WHERE i.seq = of_item
$$;

CREATE FUNCTION item_settles() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND NOT is_settled(NEW.seq) THEN
        PERFORM refuse('an item has the verdict that its standing decisions add up to');
    END IF;
    RETURN NULL;
END $$;

-- A step, once its transaction is about to end: it was undone or redone by its reviewer, in
-- the log, and nothing of what was undone stands.
CREATE FUNCTION step_turns() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    present step;
    is_bulk boolean := NEW.kind LIKE 'bulk\_%';
BEGIN
    IF is_owner() THEN
        RETURN NULL;
    END IF;
    SELECT * INTO present FROM step WHERE seq = NEW.seq;
    IF present.undone_by IS NULL THEN
        -- A bulk is redone a stretch at a time, and told at its end.
        IF NOT is_bulk AND NOT EXISTS (SELECT 1 FROM event e WHERE e.item_seq = present.item_seq
                AND e.actor = present.reviewer AND e.kind = 'redone' AND e.seq > OLD.undone_by) THEN
            PERFORM refuse('a redo stands in the log');
        END IF;
    ELSIF NOT EXISTS (SELECT 1 FROM event e WHERE e.seq = present.undone_by AND e.queue_id = present.queue_id
            AND e.actor = present.reviewer AND e.kind = 'undone'
            AND e.item_seq IS NOT DISTINCT FROM (CASE WHEN is_bulk THEN NULL ELSE present.item_seq END)) THEN
        PERFORM refuse('an undo stands in the log');
    ELSIF EXISTS (SELECT 1 FROM decision d WHERE d.step_seq = present.seq AND d.standing = 1)
            OR EXISTS (SELECT 1 FROM step_item b WHERE b.step_seq = present.seq AND b.stands = 1) THEN
        PERFORM refuse('nothing of a step that is undone stands');
    END IF;
    IF present.kind IN ('golden', 'bulk_golden') AND EXISTS (SELECT 1 FROM golden g
            WHERE g.step_seq = present.seq AND NOT is_golden_settled(g.item_seq)) THEN
        PERFORM refuse('the newest example of an item stands, unless its step is undone');
    END IF;
    RETURN NULL;
END $$;

-- Whether the example that stands is the newest whose step is not undone.
CREATE FUNCTION is_golden_settled(of_item bigint) RETURNS boolean LANGUAGE sql STABLE
    SET search_path = pg_catalog, karat, pg_temp AS $$
    SELECT (SELECT g.seq FROM golden g WHERE g.item_seq = of_item AND g.standing = 1) IS NOT DISTINCT FROM
        (SELECT MAX(g.seq) FROM golden g JOIN step s ON s.seq = g.step_seq
            WHERE g.item_seq = of_item AND s.undone_by IS NULL)
$$;

CREATE FUNCTION golden_settles() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NULL;
    END IF;
    IF NOT is_golden_settled(NEW.item_seq) THEN
        PERFORM refuse('the newest example of an item stands, unless its step is undone');
    END IF;
    IF TG_OP = 'INSERT' AND NOT EXISTS (SELECT 1 FROM step s WHERE s.seq = NEW.step_seq AND s.reviewer = NEW.kept_by
            AND (s.kind = 'bulk_golden' OR (s.kind = 'golden' AND s.item_seq = NEW.item_seq))) THEN
        PERFORM refuse('an example has a step of its keeper''s own');
    END IF;
    IF NOT EXISTS (SELECT 1 FROM golden_change c WHERE c.item_seq = NEW.item_seq AND c.golden_seq IS NOT DISTINCT FROM
            (SELECT g.seq FROM golden g WHERE g.item_seq = NEW.item_seq AND g.standing = 1 AND g.removed = 0)) THEN
        PERFORM refuse('a change of the golden set has its version');
    END IF;
    RETURN NULL;
END $$;

-- A version of the golden set says what stands now, of an item that the same person has
-- changed. Only the newest is added to, and an earlier one by the bulk that began it.
CREATE FUNCTION golden_changes() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    newest bigint := (SELECT COALESCE(MAX(set_version), 0) FROM golden_change WHERE queue_id = NEW.queue_id);
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    IF NEW.golden_seq IS DISTINCT FROM (SELECT g.seq FROM golden g
            WHERE g.item_seq = NEW.item_seq AND g.standing = 1 AND g.removed = 0) THEN
        PERFORM refuse('a version of the golden set says what stands');
    END IF;
    IF NOT EXISTS (SELECT 1 FROM golden g WHERE g.item_seq = NEW.item_seq AND g.queue_id = NEW.queue_id
            AND g.kept_by = session_user::text) THEN
        PERFORM refuse('a version of the golden set tells a change of one''s own');
    END IF;
    IF NEW.set_version NOT IN (newest, newest + 1) AND NOT EXISTS (SELECT 1 FROM golden_change c
            JOIN golden g ON g.seq = c.golden_seq JOIN golden n ON n.step_seq = g.step_seq
            WHERE c.queue_id = NEW.queue_id AND c.set_version = NEW.set_version AND n.seq = NEW.golden_seq
            AND g.kept_by = session_user::text) THEN
        PERFORM refuse('earlier versions of the golden set stay as they are');
    END IF;
    RETURN NEW;
END $$;

-- What a decision or an example rests on stays as it is.
CREATE FUNCTION text_rests() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND (EXISTS (SELECT 1 FROM decision d WHERE d.item_seq = OLD.seq AND d.standing = 1)
            OR EXISTS (SELECT 1 FROM golden g WHERE g.item_seq = OLD.seq AND g.standing = 1 AND g.removed = 0)) THEN
        PERFORM refuse('a decision or a golden example rests on the content of this item');
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

REVOKE EXECUTE ON FUNCTION decision_settles(), item_settles(), step_turns(), golden_settles() FROM PUBLIC;

CREATE TRIGGER c_begins BEFORE INSERT ON decision FOR EACH ROW EXECUTE FUNCTION decision_begins();
CREATE CONSTRAINT TRIGGER settles_new AFTER INSERT ON decision DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION decision_settles();
CREATE CONSTRAINT TRIGGER settles AFTER UPDATE OF standing ON decision DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.standing <> NEW.standing) EXECUTE FUNCTION decision_settles();
CREATE TRIGGER settles AFTER UPDATE OF verdict, decision_seq ON item FOR EACH ROW
    WHEN (OLD.verdict IS DISTINCT FROM NEW.verdict OR OLD.decision_seq IS DISTINCT FROM NEW.decision_seq)
    EXECUTE FUNCTION item_settles();
CREATE CONSTRAINT TRIGGER turns AFTER UPDATE OF undone_by ON step DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.undone_by IS DISTINCT FROM NEW.undone_by) EXECUTE FUNCTION step_turns();
CREATE CONSTRAINT TRIGGER settles_new AFTER INSERT ON golden DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION golden_settles();
CREATE CONSTRAINT TRIGGER settles AFTER UPDATE OF standing ON golden DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.standing <> NEW.standing) EXECUTE FUNCTION golden_settles();
CREATE TRIGGER c_changes BEFORE INSERT ON golden_change FOR EACH ROW EXECUTE FUNCTION golden_changes();
CREATE TRIGGER c_rests BEFORE UPDATE OF hash_a, hash_b ON item FOR EACH ROW
    WHEN (OLD.hash_a <> NEW.hash_a OR OLD.hash_b <> NEW.hash_b) EXECUTE FUNCTION text_rests();
CREATE TRIGGER c_rests BEFORE DELETE ON item_text FOR EACH ROW EXECUTE FUNCTION text_rests();

-- The team.

-- Each right, and the least role that has it. A lead has a reviewer's, a reviewer a
-- viewer's. Row numbers are the database's to give: columns leave them out.
CREATE VIEW team_right (least, privilege, on_table) AS VALUES
    ('reviewer', 'INSERT (queue_id, reviewer, kind, item_seq)', 'step'),
    ('reviewer', 'UPDATE (undone_by)', 'step'),
    ('reviewer', 'INSERT, UPDATE (stands)', 'step_item'),
    ('reviewer', 'INSERT (id, step_seq, queue_id, item_seq, reviewer, verdict, body, correction_kind, correction,
        active_millis, spec_version, decided_at, supersedes, lens_shown, standing, second_opinion)', 'decision'),
    ('reviewer', 'UPDATE (standing)', 'decision'),
    ('reviewer', 'UPDATE (verdict, decision_seq)', 'item'),
    ('reviewer', 'INSERT, DELETE', 'deferral'),
    ('reviewer', 'INSERT, DELETE, UPDATE (reviewer, session, token, expires_at)', 'claim'),
    ('reviewer', 'INSERT, DELETE, UPDATE (body, correction_kind, correction, saved_at)', 'draft'),
    ('reviewer', 'INSERT (at, queue_id, item_seq, actor, kind, data)', 'event'),
    ('reviewer', 'INSERT, DELETE, UPDATE (filter, saved_by, saved_at)', 'saved_filter'),
    ('reviewer', 'INSERT, UPDATE (value)', 'habit'),
    ('reviewer', 'INSERT, DELETE, UPDATE (name, verdict, body)', 'macro'),
    ('reviewer', 'INSERT (queue_id, item_seq, step_seq, version, verdict, expected, corrected_by, tags, why, kept_by,
        kept_at, removed, standing)', 'golden'),
    ('reviewer', 'UPDATE (standing)', 'golden'),
    ('reviewer', 'INSERT', 'golden_change'),
    -- To lock the row: `leads_change` lets no reviewer write it.
    ('reviewer', 'UPDATE (spec_version)', 'queue'),
    -- What is made from the texts, and can be made again; `text_` tables are added to it.
    ('reviewer', 'INSERT', 'fingerprint'),
    ('reviewer', 'INSERT, UPDATE (support)', 'item_lens'),
    ('reviewer', 'UPDATE', 'text_mark'),
    ('lead', 'INSERT (name, spec_version, created_at)', 'queue'),
    ('lead', 'UPDATE (spec_version, items)', 'queue'),
    ('lead', 'INSERT', 'spec'),
    ('lead', 'INSERT (queue_id, source, started_at, started_by)', 'import'),
    ('lead', 'INSERT', 'document'),
    ('lead', 'INSERT', 'document_hash'),
    ('lead', 'UPDATE', 'document_mark'),
    ('lead', 'INSERT (seq, queue_id, id, hash_a, hash_b, import_id, case_id, attempt, rank, model, prompt_version,
        latency_ms, cost_usd, tokens_in, tokens_out, created_at, tags)', 'item'),
    ('lead', 'UPDATE (hash_a, hash_b, case_id, attempt, rank, model, prompt_version, latency_ms, cost_usd, tokens_in,
        tokens_out, created_at, tags)', 'item'),
    ('lead', 'INSERT, DELETE', 'item_text'),
    ('lead', 'DELETE', 'item_lens');

-- Gives a person the rights of a role and no others; of none: takes all away.
CREATE FUNCTION team_set_rights(person text, given text) RETURNS void LANGUAGE plpgsql
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
    IF given IN ('reviewer', 'lead') THEN
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

-- Grants a role, or revokes it (NULL). The owner does, and leads.
CREATE FUNCTION team_grant(person text, given text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF given NOT IN ('viewer', 'reviewer', 'lead') THEN
        PERFORM refuse(format('`%s` is no role: there are viewer, reviewer and lead', given));
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = person AND rolcanlogin) THEN
        RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = format('the server knows no login `%s`', person);
    END IF;
    IF (SELECT pg_has_role(person, relowner, 'USAGE') FROM pg_class WHERE oid = 'karat.queue'::regclass) THEN
        PERFORM refuse(format('`%s` owns the workspace, and may do everything anyway', person));
    END IF;
    LOCK TABLE person IN SHARE ROW EXCLUSIVE MODE;
    PERFORM team_set_rights(person, given);
    IF given IS NULL THEN
        DELETE FROM claim WHERE reviewer = person;
    END IF;
    INSERT INTO person (name, role, granted_by, granted_at)
        VALUES (person, given, session_user, CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT));
END $$;

-- After a migration: what is new is granted too.
CREATE FUNCTION team_renew() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    each person;
BEGIN
    FOR each IN SELECT DISTINCT ON (name) * FROM person ORDER BY name, seq DESC LOOP
        IF each.role IS NOT NULL AND EXISTS (SELECT 1 FROM pg_roles WHERE rolname = each.name) THEN
            PERFORM team_set_rights(each.name, each.role);
        END IF;
    END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION team_set_rights(text, text), team_grant(text, text), team_renew() FROM PUBLIC;
