TRUNCATE text_item, text_document, text_note, text_decided;

-- A text in the form in which texts are compared, for signs, which the index does not know: as
-- text/compare.rs has it, but for capitals of which the server's locale knows nothing.
CREATE FUNCTION text_folded(source TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN translate(replace(lower(regexp_replace(
        normalize(regexp_replace(source,
            '[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]',
            '', 'g'), NFKC),
        '[\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+', ' ', 'g')), 'ß', 'ss'),
        '‘’ʼ“”„‐‑−', '''''''"""---');

-- A number that is written as one, also where it came as text, from a table.
CREATE FUNCTION text_number(source TEXT) RETURNS DOUBLE PRECISION LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN source ~ '^\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\s*$'
        THEN json_number(btrim(source)) END;
