-- Of whom an open item asks a judgement: one text for all items that ask it of the same people, empty
-- where anybody may come. Who has given an opinion on many that wait for another's passes over all of
-- them at once.
ALTER TABLE item ADD COLUMN asked_of TEXT NOT NULL DEFAULT '';
