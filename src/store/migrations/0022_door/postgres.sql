-- What a login may write is what a program can read. Each row is looked at as it comes in: words
-- are from their sets, JSON has the shape that is read from it and a bound, times are within
-- reason, claims are no longer than the program takes them. The owner passes, who moves whole
-- workspaces; what is there already stays as it is.

-- Some members of a mark and a body are read by name; others may be there and hold no more than
-- a word or a number.
CREATE FUNCTION is_scalar(kind text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN kind IN ('string', 'number', 'boolean', 'null');

-- Refuses what is no JSON that the program reads. It knows no half of a surrogate pair, and no
-- number beyond a double.
CREATE FUNCTION check_json(source text, what text, most integer) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    bare text;
BEGIN
    IF octet_length(source) > most THEN
        PERFORM refuse(format('%s is larger than %s bytes', what, most));
    END IF;
    IF NOT is_json(source) THEN
        PERFORM refuse(format('%s is no JSON', what));
    END IF;
    IF replace(source, '\\', '') ~ ('\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])'
            '|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}') THEN
        PERFORM refuse(format('%s has half of a character in it', what));
    END IF;
    bare := regexp_replace(source, '"(\\.|[^"\\])*"', '', 'g');
    IF bare ~ '[eE]\+?[0-9]{3}' OR bare ~ '[0-9]{40}' THEN
        PERFORM refuse(format('%s has a number that is too large', what));
    END IF;
END $$;

-- Refuses what is no object. It cannot be nested deeper than it has brackets.
CREATE FUNCTION check_object(source text, what text) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    bare text := regexp_replace(source, '"(\\.|[^"\\])*"', '', 'g');
BEGIN
    PERFORM check_json(source, what, 1 << 20);
    IF json_typeof(json_of(source)) <> 'object' THEN
        PERFORM refuse(format('%s is no JSON object', what));
    END IF;
    IF length(bare) - length(translate(bare, '[{', '')) > 120 THEN
        PERFORM refuse(format('%s is nested too deep', what));
    END IF;
END $$;

CREATE FUNCTION check_words(source text, what text) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    PERFORM check_json(source, what, 1 << 20);
    IF json_typeof(json_of(source)) <> 'array' THEN
        PERFORM refuse(format('%s is no list', what));
    END IF;
    IF EXISTS (SELECT 1 FROM json_array_elements(json_of(source)) e WHERE json_typeof(e.value) <> 'string') THEN
        PERFORM refuse(format('%s is no list of words', what));
    END IF;
END $$;

-- The server's time, in UTC milliseconds.
CREATE FUNCTION present_millis() RETURNS bigint LANGUAGE sql VOLATILE
    RETURN CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS bigint);

-- Not before 2000, and not more than a day ahead of the server.
CREATE FUNCTION check_time(at bigint, what text) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF at NOT BETWEEN 946684800000 AND present_millis() + 86400000 THEN
        PERFORM refuse(format('%s is not of this time: it lies before 2000, or more than a day ahead', what));
    END IF;
END $$;

CREATE FUNCTION check_text(given text, what text, most integer) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF given = '' OR length(given) > most THEN
        PERFORM refuse(format('%s has 1 to %s characters', what, most));
    END IF;
END $$;

CREATE FUNCTION check_word(given text, what text, VARIADIC allowed text[]) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF given <> ALL (allowed) THEN
        PERFORM refuse(format('`%s` is no %s: there are %s', left(given, 40), what, array_to_string(allowed, ', ')));
    END IF;
END $$;

CREATE FUNCTION check_queue(item bigint, queue bigint) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF item IS NOT NULL AND (SELECT i.queue_id FROM item i WHERE i.seq = item) IS DISTINCT FROM queue THEN
        PERFORM refuse('the item is of another queue');
    END IF;
END $$;

-- What a reviewer has put down: the body of a decision, of a draft and of a macro.
CREATE FUNCTION check_body(source text) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
DECLARE
    body json;
    wrong text;
BEGIN
    PERFORM check_json(source, 'the body', 16 << 20);
    body := json_of(source);
    IF json_typeof(body) <> 'object' THEN
        PERFORM refuse('the body is no JSON object');
    END IF;
    SELECT e.key INTO wrong FROM json_each(body) e WHERE NOT CASE e.key
        WHEN 'categories' THEN json_typeof(e.value) = 'array'
        WHEN 'marks' THEN json_typeof(e.value) = 'array'
        WHEN 'scores' THEN json_typeof(e.value) = 'object'
        WHEN 'note' THEN json_typeof(e.value) = 'string'
        WHEN 'route' THEN json_typeof(e.value) IN ('string', 'null')
        ELSE is_scalar(json_typeof(e.value)) END LIMIT 1;
    IF wrong IS NULL THEN
        SELECT e.key INTO wrong FROM json_each(body) e GROUP BY e.key HAVING COUNT(*) > 1 LIMIT 1;
    END IF;
    IF wrong IS NULL AND EXISTS (SELECT 1 FROM json_array_elements(body -> 'categories') e
            WHERE json_typeof(e.value) <> 'string') THEN
        wrong := 'categories';
    END IF;
    IF wrong IS NULL AND EXISTS (SELECT 1 FROM json_each(body -> 'scores') e
            WHERE e.value::text !~ '^([1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])$') THEN
        wrong := 'scores';
    END IF;
    IF wrong IS NULL AND EXISTS (SELECT 1 FROM json_array_elements(body -> 'marks') e WHERE NOT is_mark(e.value)) THEN
        wrong := 'marks';
    END IF;
    IF wrong IS NOT NULL THEN
        PERFORM refuse(format('`%s` of the body is not what is read from it', left(wrong, 40)));
    END IF;
END $$;

CREATE FUNCTION is_mark(mark json) RETURNS boolean LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF json_typeof(mark) <> 'object' THEN
        RETURN false;
    END IF;
    RETURN NOT EXISTS (SELECT 1 FROM json_each(mark) e WHERE NOT CASE
            WHEN e.key IN ('start', 'end') THEN e.value::text ~ '^(0|[1-9][0-9]{0,11})$'
            WHEN e.key IN ('text', 'category', 'comment') THEN json_typeof(e.value) = 'string'
            ELSE is_scalar(json_typeof(e.value)) END)
        AND (SELECT COUNT(*) = COUNT(DISTINCT e.key)
            AND COUNT(*) FILTER (WHERE e.key IN ('start', 'end', 'text', 'category')) = 4 FROM json_each(mark) e);
END $$;

-- A correction, of a decision or a draft.
CREATE FUNCTION check_correction(kind text, correction text) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF (kind IS NULL) <> (correction IS NULL) OR kind NOT IN ('t', 'j', 'c') THEN
        PERFORM refuse('a correction has its kind, which is t, j or c');
    END IF;
END $$;

-- The doors.

CREATE FUNCTION step_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() THEN
        PERFORM check_word(NEW.kind, 'kind of step', 'decision', 'deferral', 'golden', 'bulk_decision', 'bulk_deferral',
            'bulk_tags', 'bulk_priority', 'bulk_golden', 'merged'), check_queue(NEW.item_seq, NEW.queue_id);
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION step_item_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    IF NEW.stands NOT IN (0, 1) OR NOT EXISTS (SELECT 1 FROM step s JOIN item i ON i.queue_id = s.queue_id
            WHERE s.seq = NEW.step_seq AND i.seq = NEW.item_seq AND s.kind LIKE 'bulk\_%') THEN
        PERFORM refuse('an item of a bulk is of its queue, and stands or not');
    END IF;
    PERFORM check_json(NEW.before, 'what was before', 1 << 20), check_json(NEW.after, 'what is after', 1 << 20);
    RETURN NEW;
END $$;

CREATE FUNCTION decision_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    PERFORM check_text(NEW.id, 'the id of a decision', 64);
    PERFORM check_word(NEW.verdict, 'verdict', 'accept', 'reject', 'escalate');
    PERFORM check_body(NEW.body), check_correction(NEW.correction_kind, NEW.correction);
    PERFORM check_time(NEW.decided_at, 'the time of a decision');
    IF NEW.active_millis NOT BETWEEN 0 AND 31536000000 THEN
        PERFORM refuse('the time that a decision took is from 0 to a year, in milliseconds');
    END IF;
    IF NEW.due_at NOT BETWEEN NEW.decided_at AND NEW.decided_at + 20000000000000 THEN
        PERFORM refuse('an answer is due after it was asked for');
    END IF;
    IF NEW.lens_shown NOT IN (0, 1) THEN
        PERFORM refuse('the lens was shown (1) or was not (0)');
    END IF;
    IF NEW.second_opinion <> 0 AND (NEW.second_opinion <> 1 OR NOT EXISTS (SELECT 1 FROM decision d
            WHERE d.item_seq = NEW.item_seq AND d.reviewer <> NEW.reviewer AND d.standing = 1)) THEN
        PERFORM refuse('a second opinion stands beside the decision of another');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION event_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    PERFORM check_word(NEW.kind, 'kind of event for a member of the team', 'queue_created', 'spec_applied',
        'import_started', 'import_finished', 'item_updated', 'decided', 'deferred', 'tagged', 'prioritised',
        'released', 'bulk', 'undone', 'redone', 'filter_saved', 'filter_removed', 'golden_kept', 'golden_removed',
        'merged');
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

CREATE FUNCTION claim_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    PERFORM check_queue(NEW.item_seq, NEW.queue_id);
    PERFORM check_text(NEW.session, 'the session of a claim', 200), check_text(NEW.token, 'the token of a claim', 64);
    -- Five minutes, and one for a program's clock.
    IF NEW.expires_at NOT BETWEEN 946684800000 AND present_millis() + 360000 THEN
        PERFORM refuse('a claim is taken for five minutes');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION deferral_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    PERFORM check_queue(NEW.item_seq, NEW.queue_id), check_time(NEW.deferred_at, 'the time of a deferral');
    IF NOT EXISTS (SELECT 1 FROM step s WHERE s.seq = NEW.step_seq AND s.reviewer = NEW.reviewer
            AND s.queue_id = NEW.queue_id AND (s.kind = 'bulk_deferral' OR s.item_seq = NEW.item_seq)) THEN
        PERFORM refuse('a deferral has a step of its reviewer''s own');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION draft_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() THEN
        PERFORM check_body(NEW.body), check_correction(NEW.correction_kind, NEW.correction);
        PERFORM check_time(NEW.saved_at, 'the time of a draft');
        IF NEW.active_millis NOT BETWEEN 0 AND 31536000000 THEN
            PERFORM refuse('the time on an item is from 0 to a year, in milliseconds');
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION draft_before_comes_in() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() THEN
        PERFORM check_body(NEW.body), check_correction(NEW.correction_kind, NEW.correction);
        IF NOT EXISTS (SELECT 1 FROM decision d WHERE d.seq = NEW.decision_seq AND d.reviewer = NEW.reviewer) THEN
            PERFORM refuse('what was put down before a decision is of its reviewer');
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION macro_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() THEN
        PERFORM check_text(NEW.key, 'the key of a macro', 1), check_text(NEW.name, 'the name of a macro', 200);
        PERFORM check_word(NEW.verdict, 'verdict', 'accept', 'reject', 'escalate'), check_body(NEW.body);
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION habit_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND (length(NEW.name) > 200 OR octet_length(NEW.value) > 1 << 20) THEN
        PERFORM refuse('a preference has a name of 200 characters at most, and a value of a megabyte');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION filter_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() THEN
        PERFORM check_text(NEW.name, 'the name of a filter', 40), check_text(NEW.filter, 'a filter', 100000);
        PERFORM check_time(NEW.saved_at, 'the time of a filter');
        IF NEW.name ~ '[[:space:][:cntrl:]()"]' THEN
            PERFORM refuse('the name of a filter has letters, digits, `-`, `_` and `.`');
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION golden_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    PERFORM check_queue(NEW.item_seq, NEW.queue_id), check_time(NEW.kept_at, 'the time of an example');
    PERFORM check_word(NEW.verdict, 'verdict', 'accept', 'reject', 'escalate');
    PERFORM check_word(NEW.expected, 'text to expect', 'output', 'reference', 'correction', 'none');
    PERFORM check_words(NEW.tags, 'the tags of an example'), check_words(NEW.categories, 'the categories of an example');
    IF NEW.removed NOT IN (0, 1) OR NEW.standing NOT IN (0, 1) OR NEW.version < 1 OR length(NEW.why) > 1 << 20 THEN
        PERFORM refuse('an example stands or not, is there or removed, and counts its versions from 1');
    END IF;
    IF NEW.corrected_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.seq = NEW.corrected_by
            AND d.item_seq = NEW.item_seq AND d.correction IS NOT NULL) THEN
        PERFORM refuse('the correction that an example expects is of its item');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION item_lens_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND NEW.support NOT BETWEEN 0 AND 1 THEN
        PERFORM refuse('the support of an output is from 0 to 1');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION fingerprint_comes_in() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND NOT EXISTS (SELECT 1 FROM item i WHERE i.seq = NEW.item_seq) THEN
        PERFORM refuse('a fingerprint is of an item');
    END IF;
    RETURN NEW;
END $$;

-- An item that a lead brings in, and its texts.
CREATE FUNCTION item_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() THEN
        PERFORM check_words(NEW.tags, 'the tags of an item');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION item_text_comes_in() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    IF NEW.input_kind NOT IN ('t', 'j', 'c') OR NEW.output_kind NOT IN ('t', 'j', 'c')
            OR NEW.reference_kind NOT IN ('t', 'j', 'c') OR (NEW.reference IS NULL) <> (NEW.reference_kind IS NULL) THEN
        PERFORM refuse('the kind of a text is t, j or c');
    END IF;
    IF NEW.context !~ '^\[([0-9]{1,18}(,[0-9]{1,18})*)?\]$' THEN
        PERFORM refuse('the context of an item is a list of documents');
    END IF;
    IF NEW.meta IS NOT NULL AND (NOT is_json(NEW.meta) OR json_typeof(json_of(NEW.meta)) <> 'object') THEN
        PERFORM refuse('what else an item has is a JSON object');
    END IF;
    RETURN NEW;
END $$;

-- How far the index has come. What it says is filed, is; and nothing beyond it.
CREATE FUNCTION text_mark_moves() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NEW;
    END IF;
    IF NEW.item_seq < OLD.item_seq OR NEW.document_id < OLD.document_id OR NEW.decision_seq < OLD.decision_seq
            OR NEW.item_seq > (SELECT COALESCE(MAX(seq), 0) FROM item)
            OR NEW.document_id > (SELECT COALESCE(MAX(id), 0) FROM document)
            OR NEW.decision_seq > (SELECT COALESCE(MAX(seq), 0) FROM decision) THEN
        PERFORM refuse('the index goes on to what is there, and not back');
    END IF;
    IF length(NEW.holder) > 200 OR NEW.held_until > present_millis() + 65000 THEN
        PERFORM refuse('the index is held for five seconds');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION text_mark_settles() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF is_owner() THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT 1 FROM item_text t WHERE t.seq > OLD.item_seq AND t.seq <= NEW.item_seq
                AND (SELECT f.piece FROM text_item f WHERE f.key = t.seq LIMIT 1) IS NULL)
            OR EXISTS (SELECT 1 FROM document t WHERE t.id > OLD.document_id AND t.id <= NEW.document_id
                AND (SELECT f.piece FROM text_document f WHERE f.key = t.id LIMIT 1) IS NULL) THEN
        PERFORM refuse('what the index says is filed, is');
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION text_mark_settles() FROM PUBLIC;

-- Only what is there is filed, by whoever holds the mark in the same transaction.
CREATE FUNCTION text_is_filed() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, karat, pg_temp AS $$
BEGIN
    IF NOT is_owner() AND (SELECT xmin <> pg_current_xact_id()::xid FROM text_mark) THEN
        PERFORM refuse('the index is written by whoever holds it');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER d_comes_in BEFORE INSERT ON step FOR EACH ROW EXECUTE FUNCTION step_comes_in();
CREATE TRIGGER d_comes_in BEFORE INSERT OR UPDATE ON step_item FOR EACH ROW EXECUTE FUNCTION step_item_comes_in();
CREATE TRIGGER b_comes_in BEFORE INSERT ON decision FOR EACH ROW EXECUTE FUNCTION decision_comes_in();
CREATE TRIGGER d_comes_in BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION event_comes_in();
CREATE TRIGGER d_comes_in BEFORE INSERT OR UPDATE ON claim FOR EACH ROW EXECUTE FUNCTION claim_comes_in();
CREATE TRIGGER d_comes_in BEFORE INSERT ON deferral FOR EACH ROW EXECUTE FUNCTION deferral_comes_in();
CREATE TRIGGER d_comes_in BEFORE INSERT OR UPDATE ON draft FOR EACH ROW EXECUTE FUNCTION draft_comes_in();
CREATE TRIGGER d_comes_in BEFORE INSERT ON draft_before FOR EACH ROW EXECUTE FUNCTION draft_before_comes_in();
CREATE TRIGGER d_comes_in BEFORE INSERT OR UPDATE ON macro FOR EACH ROW EXECUTE FUNCTION macro_comes_in();
CREATE TRIGGER d_comes_in BEFORE INSERT OR UPDATE ON habit FOR EACH ROW EXECUTE FUNCTION habit_comes_in();
CREATE TRIGGER d_comes_in BEFORE INSERT OR UPDATE ON saved_filter FOR EACH ROW EXECUTE FUNCTION filter_comes_in();
CREATE TRIGGER d_comes_in BEFORE INSERT ON golden FOR EACH ROW EXECUTE FUNCTION golden_comes_in();
CREATE TRIGGER d_comes_in BEFORE INSERT OR UPDATE ON item_lens FOR EACH ROW EXECUTE FUNCTION item_lens_comes_in();
CREATE TRIGGER d_comes_in BEFORE INSERT ON fingerprint FOR EACH ROW EXECUTE FUNCTION fingerprint_comes_in();
CREATE TRIGGER d_comes_in BEFORE INSERT OR UPDATE OF tags ON item FOR EACH ROW WHEN (NEW.tags IS NOT NULL)
    EXECUTE FUNCTION item_comes_in();
CREATE TRIGGER d_comes_in BEFORE INSERT ON item_text FOR EACH ROW EXECUTE FUNCTION item_text_comes_in();
CREATE TRIGGER d_moves BEFORE UPDATE ON text_mark FOR EACH ROW EXECUTE FUNCTION text_mark_moves();
CREATE CONSTRAINT TRIGGER settles AFTER UPDATE ON text_mark DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.item_seq <> NEW.item_seq OR OLD.document_id <> NEW.document_id) EXECUTE FUNCTION text_mark_settles();
CREATE TRIGGER d_filed BEFORE INSERT ON text_item FOR EACH STATEMENT EXECUTE FUNCTION text_is_filed();
CREATE TRIGGER d_filed BEFORE INSERT ON text_document FOR EACH STATEMENT EXECUTE FUNCTION text_is_filed();
