-- How a version was published.
ALTER TABLE playbooks ADD COLUMN author  TEXT    NOT NULL DEFAULT '';
ALTER TABLE playbooks ADD COLUMN apply   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE playbooks ADD COLUMN effects INTEGER NOT NULL DEFAULT 0;

-- Who agreed to a version, in the order given. Rows are never changed or deleted.
CREATE TABLE signatures (
  version INTEGER NOT NULL,
  place   INTEGER NOT NULL, -- from 1
  role    TEXT    NOT NULL,
  name    TEXT    NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (version, place)
) STRICT, WITHOUT ROWID;

-- How far the leads have been brought to a version of the playbook; one row.
CREATE TABLE sweep (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  version INTEGER NOT NULL,
  reached INTEGER NOT NULL, -- the last lead that was looked at
  leads   INTEGER NOT NULL, -- how many were
  over    INTEGER NOT NULL
) STRICT;
INSERT INTO sweep VALUES (1, 0, 0, 0, 0);

-- Decisions of a publication whose author did not agree to effects.
ALTER TABLE decisions ADD COLUMN silent INTEGER NOT NULL DEFAULT 0;
