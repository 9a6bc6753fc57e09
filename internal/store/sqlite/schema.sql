-- What the migrations add up to. Written by go test -update; do not edit.

CREATE TABLE accounts (
  name   TEXT    PRIMARY KEY,
  change INTEGER NOT NULL, -- how often the facts became others
  behind INTEGER NOT NULL, -- 1: members may not have been told of the last change
  facts  BLOB
) STRICT, WITHOUT ROWID;

CREATE INDEX accounts_behind ON accounts (name) WHERE behind <> 0;

CREATE TABLE blocks (
  id   INTEGER PRIMARY KEY, -- run * 2^24 + number in the run
  keys BLOB NOT NULL
) STRICT;

CREATE TABLE counters (
  name TEXT    PRIMARY KEY,
  n    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE decisions (
  id         INTEGER PRIMARY KEY,
  lead       INTEGER NOT NULL,
  cycle      INTEGER NOT NULL,
  stage      TEXT    NOT NULL,
  from_stage TEXT    NOT NULL,
  role       TEXT    NOT NULL,
  nth        INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  event      TEXT    NOT NULL,
  version    INTEGER NOT NULL,
  verb       INTEGER NOT NULL,
  recorded   INTEGER NOT NULL
, silent INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX decisions_lead ON decisions (lead);

CREATE TABLE events (
  seq          INTEGER PRIMARY KEY,
  lead         INTEGER NOT NULL, -- as recorded; joins change nothing here
  hash         BLOB    NOT NULL, -- 16 bytes of the SHA-256 of message_id
  message_id   TEXT    NOT NULL,
  type         INTEGER NOT NULL,
  name         TEXT    NOT NULL,
  user_id      TEXT    NOT NULL,
  anonymous_id TEXT    NOT NULL,
  group_id     TEXT    NOT NULL,
  previous_id  TEXT    NOT NULL,
  email        TEXT    NOT NULL,
  company      TEXT    NOT NULL,
  origin       INTEGER NOT NULL,
  source       INTEGER NOT NULL,
  occurred     INTEGER NOT NULL,
  received     INTEGER NOT NULL,
  backfill     INTEGER NOT NULL,
  sanitised    INTEGER NOT NULL,
  body         BLOB              -- JSON text; NULL: none
, phone TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE identifiers (
  id      INTEGER PRIMARY KEY,
  kind    INTEGER NOT NULL,
  value   TEXT    NOT NULL,
  lead    INTEGER NOT NULL, -- the surviving lead that holds it
  origin  INTEGER NOT NULL, -- the lead that it was linked to, before joins
  display TEXT    NOT NULL,
  since   INTEGER NOT NULL
) STRICT;

CREATE INDEX identifiers_lead ON identifiers (lead);

CREATE UNIQUE INDEX identifiers_value ON identifiers (value, kind);

CREATE TABLE joins (
  child    INTEGER PRIMARY KEY,
  parent   INTEGER NOT NULL, -- the lead that it was joined to
  survivor INTEGER NOT NULL, -- the lead that it is part of today
  at       INTEGER NOT NULL,
  event    TEXT    NOT NULL
) STRICT;

CREATE INDEX joins_survivor ON joins (survivor);

CREATE TABLE journal (
  id   INTEGER PRIMARY KEY,
  rows BLOB NOT NULL
) STRICT;

CREATE TABLE keys (
  id       INTEGER PRIMARY KEY,
  hash     BLOB    NOT NULL UNIQUE,
  hint     TEXT    NOT NULL,
  kind     TEXT    NOT NULL,
  name     TEXT    NOT NULL,
  created  INTEGER NOT NULL,
  disabled INTEGER NOT NULL
) STRICT;

CREATE TABLE leads (
  id      INTEGER PRIMARY KEY,
  wake_at INTEGER NOT NULL,      -- 0: nothing will change by itself
  state   BLOB
) STRICT;

CREATE INDEX leads_wake ON leads (wake_at) WHERE wake_at <> 0;

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

CREATE INDEX listing_account ON listing (kind, account, lead);

CREATE INDEX listing_changes ON listing (changes_at) WHERE changes_at <> 0;

CREATE TRIGGER listing_comes AFTER INSERT ON listing WHEN NEW.account <> '' BEGIN
  INSERT INTO listing_accounts VALUES (NEW.account, 1, iif(NEW.exclusion = '', NEW.score, 0))
    ON CONFLICT (account) DO UPDATE SET people = people + 1, sum = sum + excluded.sum;
  INSERT INTO listing_groups VALUES (NEW.account, NEW.kind, NEW.stage, 1)
    ON CONFLICT (account, kind, stage) DO UPDATE SET people = people + 1;
END;

CREATE INDEX listing_email ON listing (kind, email_key, lead);

CREATE INDEX listing_exclusion ON listing (lead) WHERE exclusion <> '';

CREATE INDEX listing_first_seen ON listing (kind, first_seen, lead);

CREATE TRIGGER listing_goes AFTER DELETE ON listing WHEN OLD.account <> '' BEGIN
  UPDATE listing_accounts SET people = people - 1, sum = sum - iif(OLD.exclusion = '', OLD.score, 0) WHERE account = OLD.account;
  DELETE FROM listing_accounts WHERE account = OLD.account AND people = 0;
  UPDATE listing_groups SET people = people - 1 WHERE account = OLD.account AND kind = OLD.kind AND stage = OLD.stage;
  DELETE FROM listing_groups WHERE account = OLD.account AND kind = OLD.kind AND stage = OLD.stage AND people = 0;
END;

CREATE INDEX listing_last_seen ON listing (kind, last_seen, lead);

CREATE TRIGGER listing_moves AFTER UPDATE OF score ON listing
  WHEN NEW.account <> '' AND NEW.exclusion = '' AND NEW.score <> OLD.score BEGIN
  UPDATE listing_accounts SET sum = sum + NEW.score - OLD.score WHERE account = NEW.account;
END;

CREATE INDEX listing_name ON listing (kind, name_key, lead);

CREATE INDEX listing_of_account ON listing (account, score, lead) WHERE account <> '';

CREATE TRIGGER listing_people_come AFTER INSERT ON listing BEGIN
  INSERT INTO listing_people VALUES (NEW.kind, NEW.stage, 1) ON CONFLICT (kind, stage) DO UPDATE SET people = people + 1;
END;

CREATE TRIGGER listing_people_go AFTER DELETE ON listing BEGIN
  UPDATE listing_people SET people = people - 1 WHERE kind = OLD.kind AND stage = OLD.stage;
END;

CREATE INDEX listing_score ON listing (kind, score, lead);

CREATE INDEX listing_stage ON listing (stage, lead) WHERE stage <> '';

CREATE INDEX listing_stage_since ON listing (kind, stage_since, lead);

CREATE TABLE listing_accounts (
  account TEXT    PRIMARY KEY,
  people  INTEGER NOT NULL,
  sum     INTEGER NOT NULL -- of main scores, in whole points; who is excluded counts nothing
) STRICT, WITHOUT ROWID;

CREATE INDEX listing_accounts_sum ON listing_accounts (sum DESC, account);

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

CREATE TABLE listing_groups (
  account TEXT    NOT NULL,
  kind    INTEGER NOT NULL,
  stage   TEXT    NOT NULL,
  people  INTEGER NOT NULL,
  PRIMARY KEY (account, kind, stage)
) STRICT, WITHOUT ROWID;

CREATE TABLE listing_mark (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  seq     INTEGER NOT NULL, -- of the log
  form    INTEGER NOT NULL, -- how rows were derived, and under which version of the
  version INTEGER NOT NULL, -- playbook, when all leads were last gone through
  reached INTEGER NOT NULL, -- the last lead that was looked at then
  over    INTEGER NOT NULL
) STRICT;

CREATE TABLE listing_people (
  kind   INTEGER NOT NULL,
  stage  TEXT    NOT NULL,
  people INTEGER NOT NULL,
  PRIMARY KEY (kind, stage)
) STRICT, WITHOUT ROWID;

CREATE TABLE marks (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  seq   INTEGER NOT NULL,
  entry INTEGER NOT NULL,
  erase INTEGER NOT NULL -- 1: files may still show what an erasure took away
) STRICT;

CREATE TABLE members (
  lead    INTEGER PRIMARY KEY,
  account TEXT    NOT NULL,
  told    INTEGER NOT NULL -- the change of the account of which the lead was told
) STRICT;

CREATE INDEX members_account ON members (account);

CREATE INDEX members_told ON members (account, told);

CREATE TABLE papers (
  drawer TEXT NOT NULL, -- of which kind a paper is
  name   TEXT NOT NULL, -- within its drawer
  text   BLOB NOT NULL,
  PRIMARY KEY (drawer, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE playbooks (
  version   INTEGER PRIMARY KEY,
  published INTEGER NOT NULL,
  note      TEXT    NOT NULL,
  source    BLOB
, author  TEXT    NOT NULL DEFAULT '', apply   INTEGER NOT NULL DEFAULT 0, effects INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE rejects (
  seq        INTEGER PRIMARY KEY,
  received   INTEGER NOT NULL,
  source     INTEGER NOT NULL,
  place      INTEGER NOT NULL, -- in its batch, from 0
  message_id TEXT    NOT NULL,
  code       TEXT    NOT NULL,
  message    TEXT    NOT NULL,
  body       BLOB
, identity BLOB) STRICT;

CREATE UNIQUE INDEX rejects_identity ON rejects (identity);

CREATE TABLE runs (
  id     INTEGER PRIMARY KEY,
  kind   INTEGER NOT NULL, -- 1: ten bytes of a message's hash and seq; 2: lead and seq
  keys   INTEGER NOT NULL, -- how many
  filter BLOB    NOT NULL, -- a Bloom filter of the first 8 bytes
  fences BLOB    NOT NULL  -- the first key of each block
) STRICT;

CREATE TABLE signatures (
  version INTEGER NOT NULL,
  place   INTEGER NOT NULL, -- from 1
  role    TEXT    NOT NULL,
  name    TEXT    NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (version, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE sweep (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  version INTEGER NOT NULL,
  reached INTEGER NOT NULL, -- the last lead that was looked at
  leads   INTEGER NOT NULL, -- how many were
  over    INTEGER NOT NULL
) STRICT;

CREATE TABLE workspace (
  one       INTEGER PRIMARY KEY CHECK (one = 1),
  last_lead INTEGER NOT NULL, -- the highest id given out
  leads     INTEGER NOT NULL  -- how many rows table leads has
, erasure_key BLOB) STRICT;
