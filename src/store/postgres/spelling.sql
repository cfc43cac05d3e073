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
