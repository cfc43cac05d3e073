-- JSON is kept as text, and may have escapes that PostgreSQL has no character for: U+0000,
-- and halves of surrogate pairs. Each is read as U+FFFD, so that no item makes a query fail.

CREATE FUNCTION json_mended(source TEXT) RETURNS JSON LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CAST(regexp_replace(
        replace(source, '\\', '\u005c'), -- from here on, each `\u` is an escape
        '\\u0000|\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}',
        '\\ufffd', 'g') AS JSON);

CREATE FUNCTION json_of(source TEXT) RETURNS JSON LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN position('\u' IN source) = 0 THEN CAST(source AS JSON) ELSE json_mended(source) END;

-- A JSON number; one that is too large is infinite, one that is too small is nothing.
CREATE FUNCTION json_number(source TEXT) RETURNS DOUBLE PRECISION LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN CAST(source AS DOUBLE PRECISION);
EXCEPTION WHEN numeric_value_out_of_range THEN
    RETURN CASE WHEN source ~ '[eE]-' THEN 0.0 WHEN source LIKE '-%' THEN CAST('-Infinity' AS DOUBLE PRECISION)
        ELSE 'Infinity' END;
END
$$;

-- What texts are filed in: their words, made by the program (postgres/words.rs). A long
-- text is filed in pieces.
--
-- Each row also has the pages that it stands on, as words that no text has: 512 rows of the
-- workspace are a page, 8 pages a larger one, and so on. A search in a stretch of items asks
-- for its pages. One index then finds the few of a stretch that have a common word as it
-- finds the few in all that have a rare one, and nothing depends on what the planner knows of
-- either. (It cannot take the primary key where that is written `key + 0`.)

CREATE TABLE text_item (key BIGINT, piece INTEGER, words TSVECTOR NOT NULL, PRIMARY KEY (key, piece));
CREATE TABLE text_document (key BIGINT, piece INTEGER, words TSVECTOR NOT NULL, PRIMARY KEY (key, piece));
-- Its pages are the item's.
CREATE TABLE text_note (key BIGINT, piece INTEGER, words TSVECTOR NOT NULL, PRIMARY KEY (key, piece));
CREATE TABLE text_decided (key BIGINT, piece INTEGER, words TSVECTOR NOT NULL, PRIMARY KEY (key, piece));
CREATE INDEX text_item_words ON text_item USING gin (words);
CREATE INDEX text_document_words ON text_document USING gin (words);
CREATE INDEX text_note_words ON text_note USING gin (words);
CREATE INDEX text_decided_words ON text_decided USING gin (words);

-- Which documents an item has.
CREATE TABLE text_context (document_id BIGINT, item_seq BIGINT, PRIMARY KEY (document_id, item_seq));
CREATE INDEX text_context_item ON text_context (item_seq, document_id);
-- On which pages are the documents of a page of items.
CREATE TABLE text_span (item_page BIGINT, document_page BIGINT, PRIMARY KEY (item_page, document_page));

CREATE FUNCTION text_page(key BIGINT) RETURNS BIGINT LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN key / 512;

CREATE FUNCTION text_pages(first_key BIGINT, last_key BIGINT) RETURNS BIGINT[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ARRAY(SELECT generate_series(text_page(first_key), text_page(last_key)));

-- The pages of a row, as words.
CREATE FUNCTION text_place(key BIGINT) RETURNS TEXT LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN format(' ''/0/%s'' ''/1/%s'' ''/2/%s'' ''/3/%s''',
        text_page(key), text_page(key) / 8, text_page(key) / 64, text_page(key) / 512);

-- What stands on these pages, and little else: large ones where they are many.
CREATE FUNCTION text_on(pages BIGINT[]) RETURNS TSQUERY LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    size INTEGER := 0;
BEGIN
    WHILE cardinality(pages) > 6 AND size < 3 LOOP
        pages := ARRAY(SELECT DISTINCT page / 8 FROM unnest(pages) page);
        size := size + 1;
    END LOOP;
    RETURN CAST((SELECT string_agg(format('''/%s/%s''', size, page), '|') FROM unnest(pages) page) AS TSQUERY);
END
$$;

-- Rows to be filed: a line each, and a tab between what it has.
CREATE FUNCTION text_lines(given TEXT) RETURNS TABLE (key BIGINT, number BIGINT, words TEXT)
LANGUAGE sql IMMUTABLE PARALLEL SAFE BEGIN ATOMIC
    SELECT CAST(l.l[1] AS BIGINT), CAST(l.l[2] AS BIGINT), l.l[3]
    FROM (SELECT string_to_array(line, chr(9)) AS l FROM unnest(string_to_array(given, chr(10))) line) l
    WHERE l.l[2] IS NOT NULL;
END;

-- Of a beginning that many words have, the index reads all that it knows, whatever the
-- stretch: where every tenth row of the stretch has it, the rows are read instead.
CREATE FUNCTION text_is_open(sought TEXT) RETURNS BOOLEAN LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN sought LIKE '%:*';

-- The items of a stretch that have the words in the texts of these weights.
CREATE FUNCTION text_items(first_item BIGINT, last_item BIGINT, sought TEXT, weights "char"[])
RETURNS SETOF BIGINT LANGUAGE plpgsql STABLE AS $$
DECLARE
    query TSQUERY := CAST(sought AS TSQUERY);
    is_common BOOLEAN := text_is_open(sought) AND (SELECT COUNT(*) FROM text_item f
        WHERE f.key >= first_item AND f.key < first_item + 128 AND ts_match_vq(f.words, query)) > 12;
BEGIN
    IF is_common THEN
        RETURN QUERY SELECT f.key FROM text_item f
            WHERE f.key >= first_item AND f.key <= last_item AND ts_match_vq(f.words, query)
            AND (cardinality(weights) > 1 OR ts_filter(f.words, weights) @@ query);
    ELSE
        RETURN QUERY SELECT f.key FROM text_item f
            WHERE f.words @@ (text_on(text_pages(first_item, last_item)) && query)
            AND (cardinality(weights) > 1 OR ts_filter(f.words, weights) @@ query)
            AND f.key + 0 >= first_item AND f.key + 0 <= last_item;
    END IF;
END
$$;

-- The documents of a stretch of items that have the words, each looked up.
CREATE FUNCTION text_documents(first_item BIGINT, last_item BIGINT, query TSQUERY)
RETURNS SETOF BIGINT LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY SELECT y.document_id FROM
            (SELECT DISTINCT c.document_id FROM text_context c
             WHERE c.item_seq >= first_item AND c.item_seq <= last_item) y
        CROSS JOIN LATERAL (SELECT FROM text_document f
             WHERE f.key = y.document_id AND ts_match_vq(f.words, query) LIMIT 1) f;
END
$$;

-- The items that have the words in a document. The documents on their pages are searched;
-- but of common words each is looked up, where the index would read much beside them: for
-- an open word, and where they are scattered over all that there are.
CREATE FUNCTION text_items_by_context(first_item BIGINT, last_item BIGINT, sought TEXT)
RETURNS SETOF BIGINT LANGUAGE plpgsql STABLE AS $$
DECLARE
    query TSQUERY := CAST(sought AS TSQUERY);
    first_page BIGINT := text_page(first_item);
    last_page BIGINT := text_page(last_item);
    pages BIGINT[] := ARRAY(SELECT DISTINCT s.document_page FROM text_span s
        WHERE s.item_page >= first_page AND s.item_page <= last_page);
BEGIN
    IF cardinality(pages) = 0 THEN
        RETURN;
    ELSIF (text_is_open(sought) OR cardinality(pages) > 64 + 16 * (last_page - first_page))
        AND (SELECT COUNT(*) FROM text_documents(first_item, first_item + 63, query)) > 3 THEN
        RETURN QUERY SELECT x.item_seq FROM text_documents(first_item, last_item, query) f(key)
            JOIN text_context x ON x.document_id = f.key
            WHERE x.item_seq >= first_item AND x.item_seq <= last_item;
    ELSE
        RETURN QUERY SELECT x.item_seq FROM text_document f JOIN text_context x ON x.document_id = f.key
            WHERE f.words @@ (text_on(pages) && query) AND x.item_seq >= first_item AND x.item_seq <= last_item;
    END IF;
END
$$;

-- Those that have them in the note of the decision of record.
CREATE FUNCTION text_items_by_note(first_item BIGINT, last_item BIGINT, sought TEXT)
RETURNS SETOF BIGINT LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY SELECT i.seq FROM text_note f JOIN decision d ON d.seq = f.key
        JOIN item i ON i.seq = d.item_seq AND i.decision_seq = d.seq
        WHERE f.words @@ (text_on(text_pages(first_item, last_item)) && CAST(sought AS TSQUERY))
        AND d.item_seq >= first_item AND d.item_seq <= last_item;
END
$$;

-- The newest decided items that have the words, the newest first: a common word is found in
-- the last pages, a rare one is quickly found in all.
CREATE FUNCTION text_decided_with(sought TEXT, most BIGINT)
RETURNS SETOF BIGINT LANGUAGE plpgsql STABLE AS $$
DECLARE
    query TSQUERY := CAST(sought AS TSQUERY);
    newest BIGINT := (SELECT MAX(key) FROM text_decided);
    span BIGINT := 4096;
    found BIGINT[];
BEGIN
    WHILE span <= 262144 AND span < newest LOOP
        found := ARRAY(SELECT DISTINCT f.key + 0 FROM text_decided f
            WHERE f.words @@ (text_on(text_pages(newest - span, newest)) && query)
            ORDER BY f.key + 0 DESC LIMIT most);
        IF cardinality(found) >= most THEN
            RETURN QUERY SELECT unnest(found);
            RETURN;
        END IF;
        span := span * 8;
    END LOOP;
    RETURN QUERY SELECT DISTINCT f.key + 0 FROM text_decided f
        WHERE f.words @@ query ORDER BY f.key + 0 DESC LIMIT most;
END
$$;
