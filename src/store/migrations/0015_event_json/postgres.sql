-- Whether a text is JSON. Whoever wrote something else into the log past the program, the log is
-- checked to its end.
CREATE FUNCTION is_json(source TEXT) RETURNS BOOLEAN LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    PERFORM json_of(source);
    RETURN true;
EXCEPTION WHEN data_exception THEN
    RETURN false;
END
$$;
