-- Leads as they are listed. Of each order there is an index that begins with the
-- kind: visitors outnumber everybody else.
CREATE TABLE listing (
  lead        INTEGER PRIMARY KEY,
  kind        INTEGER NOT NULL, -- 1: visitor, 2: contact, 3: lead
  stage       TEXT    NOT NULL,
  stage_since INTEGER NOT NULL,
  score       INTEGER NOT NULL, -- the main one, in whole points
  scores      TEXT    NOT NULL, -- JSON: whole points by name
  grade       TEXT    NOT NULL,
  account     TEXT    NOT NULL,
  first_seen  INTEGER NOT NULL,
  last_seen   INTEGER NOT NULL,
  name        TEXT    NOT NULL,
  name_key    TEXT    NOT NULL, -- in lower case
  email       TEXT    NOT NULL,
  email_key   TEXT    NOT NULL,
  title       TEXT    NOT NULL,
  company     TEXT    NOT NULL,
  exclusion   TEXT    NOT NULL, -- why; '' for who is not
  changes_at  INTEGER NOT NULL  -- 0: nothing will change by itself
) STRICT;
CREATE INDEX listing_score ON listing (kind, score, lead);
CREATE INDEX listing_last_seen ON listing (kind, last_seen, lead);
CREATE INDEX listing_first_seen ON listing (kind, first_seen, lead);
CREATE INDEX listing_stage_since ON listing (kind, stage_since, lead);
CREATE INDEX listing_name ON listing (kind, name_key, lead);
CREATE INDEX listing_email ON listing (kind, email_key, lead);
CREATE INDEX listing_account ON listing (kind, account, lead);
CREATE INDEX listing_stage ON listing (stage, lead) WHERE stage <> '';
CREATE INDEX listing_exclusion ON listing (lead) WHERE exclusion <> '';
CREATE INDEX listing_changes ON listing (changes_at) WHERE changes_at <> 0;

-- What is known of them: attributes, and under no name the words by which they are
-- searched for.
CREATE TABLE listing_facts (
  lead   INTEGER NOT NULL,
  name   TEXT    NOT NULL,
  key    TEXT    NOT NULL, -- the text in lower case
  shown  TEXT,             -- the text; NULL: the same
  number REAL,             -- NULL: it is none
  PRIMARY KEY (lead, name, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX listing_facts_key ON listing_facts (name, key, lead);
CREATE INDEX listing_facts_number ON listing_facts (name, number, lead) WHERE number IS NOT NULL;

-- How far the listing has come.
CREATE TABLE listing_mark (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  seq     INTEGER NOT NULL, -- of the log
  form    INTEGER NOT NULL, -- how rows were derived, and under which version of the
  version INTEGER NOT NULL, -- playbook, when all leads were last gone through
  reached INTEGER NOT NULL, -- the last lead that was looked at then
  over    INTEGER NOT NULL
) STRICT;
INSERT INTO listing_mark VALUES (1, 0, 0, 0, 0, 0);
