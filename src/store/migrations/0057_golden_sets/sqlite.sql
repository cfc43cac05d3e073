CREATE TRIGGER golden_set_no_update BEFORE UPDATE ON golden_set BEGIN SELECT RAISE(ABORT, 'a frozen set never changes'); END;
CREATE TRIGGER golden_set_no_delete BEFORE DELETE ON golden_set BEGIN SELECT RAISE(ABORT, 'a frozen set never changes'); END;
CREATE TRIGGER golden_text_no_update BEFORE UPDATE ON golden_text BEGIN SELECT RAISE(ABORT, 'a frozen set never changes'); END;
CREATE TRIGGER golden_text_no_delete BEFORE DELETE ON golden_text BEGIN SELECT RAISE(ABORT, 'a frozen set never changes'); END;
CREATE TRIGGER golden_set_example_no_update BEFORE UPDATE ON golden_set_example BEGIN SELECT RAISE(ABORT, 'a frozen set never changes'); END;
CREATE TRIGGER golden_set_example_no_delete BEFORE DELETE ON golden_set_example BEGIN SELECT RAISE(ABORT, 'a frozen set never changes'); END;
