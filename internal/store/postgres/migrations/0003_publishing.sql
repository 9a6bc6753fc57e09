-- How a version was published.
ALTER TABLE playbooks
  ADD COLUMN author  text    NOT NULL DEFAULT '',
  ADD COLUMN apply   boolean NOT NULL DEFAULT false,
  ADD COLUMN effects boolean NOT NULL DEFAULT false;

-- Who agreed to a version, in the order given. Rows are never changed or deleted.
CREATE TABLE signatures (
  version bigint NOT NULL,
  place   bigint NOT NULL, -- from 1
  role    text   NOT NULL,
  name    text   NOT NULL,
  at      bigint NOT NULL,
  PRIMARY KEY (version, place)
);

-- How far the leads have been brought to a version of the playbook; one row.
CREATE TABLE sweep (
  one     smallint PRIMARY KEY CHECK (one = 1),
  version bigint   NOT NULL,
  reached bigint   NOT NULL, -- the last lead that was looked at
  leads   bigint   NOT NULL, -- how many were
  over    boolean  NOT NULL
);
INSERT INTO sweep VALUES (1, 0, 0, 0, false);

-- Decisions of a publication whose author did not agree to effects.
ALTER TABLE decisions ADD COLUMN silent boolean NOT NULL DEFAULT false
