-- The key under which messages of erased leads stay known; NULL until there are
-- any. Rows of erased leads' events are tombstones: type 8, the keyed hash, and
-- no text.
ALTER TABLE workspace ADD COLUMN erasure_key bytea;

-- A person's own number, in the form of E.164.
ALTER TABLE events ADD COLUMN phone text NOT NULL DEFAULT '';
