-- What is known of the workspace as a whole; one row. Whoever appends to a log
-- holds it until the commit, so that numbers have no gaps and commits come in
-- the order of their numbers.
CREATE TABLE workspace (
  one           smallint PRIMARY KEY CHECK (one = 1),
  last_seq      bigint   NOT NULL, -- the number of the last event
  last_reject   bigint   NOT NULL, -- of the last reject
  last_decision bigint   NOT NULL, -- of the last decision
  leads         bigint   NOT NULL  -- how many rows of table leads are kept
);
INSERT INTO workspace VALUES (1, 0, 0, 0, 0);

-- Ids of leads are taken in blocks, whatever becomes of the transaction.
CREATE SEQUENCE lead_ids INCREMENT BY 32;

-- The log. Rows are never deleted.
CREATE TABLE events (
  seq          bigint   PRIMARY KEY,
  lead         bigint   NOT NULL, -- as recorded; joins change nothing here
  hash         bytea    NOT NULL, -- 16 bytes of the SHA-256 of message_id
  message_id   text     NOT NULL,
  type         smallint NOT NULL,
  name         text     NOT NULL,
  user_id      text     NOT NULL,
  anonymous_id text     NOT NULL,
  group_id     text     NOT NULL,
  previous_id  text     NOT NULL,
  email        text     NOT NULL,
  company      text     NOT NULL,
  origin       smallint NOT NULL,
  source       bigint   NOT NULL,
  occurred     bigint   NOT NULL,
  received     bigint   NOT NULL,
  backfill     boolean  NOT NULL,
  sanitised    boolean  NOT NULL,
  body         bytea              -- JSON text; NULL: none
);
CREATE UNIQUE INDEX events_hash ON events (hash);
CREATE INDEX events_lead ON events (lead);

-- Surviving leads, each with its checkpoint. The row is what writers lock.
CREATE TABLE leads (
  id      bigint  PRIMARY KEY,
  wake_at bigint  NOT NULL, -- 0: nothing will change by itself
  kept    boolean NOT NULL, -- false: the lead exists, and nothing was put yet
  state   bytea
);
CREATE INDEX leads_wake ON leads (wake_at, id) WHERE wake_at <> 0;

-- Leads that became part of others.
CREATE TABLE joins (
  child    bigint PRIMARY KEY,
  parent   bigint NOT NULL, -- the lead that it was joined to
  survivor bigint NOT NULL, -- the lead that it is part of today
  at       bigint NOT NULL,
  event    text   NOT NULL
);
CREATE INDEX joins_survivor ON joins (survivor);

-- What leads are known by, in the order in which it was learned.
CREATE SEQUENCE identifier_ids;
CREATE TABLE identifiers (
  id      bigint   PRIMARY KEY,
  digest  bytea    NOT NULL, -- 16 bytes of the SHA-256 of kind and value, which may be long
  kind    smallint NOT NULL,
  value   text     NOT NULL,
  lead    bigint   NOT NULL, -- the surviving lead that holds it
  origin  bigint   NOT NULL, -- the lead that it was linked to, before joins
  display text     NOT NULL,
  since   bigint   NOT NULL
);
CREATE UNIQUE INDEX identifiers_digest ON identifiers (digest);
CREATE INDEX identifiers_lead ON identifiers (lead);

-- The decision log. Rows are never changed or deleted.
CREATE TABLE decisions (
  id         bigint   PRIMARY KEY,
  lead       bigint   NOT NULL,
  cycle      bigint   NOT NULL,
  stage      text     NOT NULL,
  from_stage text     NOT NULL,
  role       text     NOT NULL,
  nth        bigint   NOT NULL,
  at         bigint   NOT NULL,
  event      text     NOT NULL,
  version    bigint   NOT NULL,
  verb       smallint NOT NULL,
  recorded   bigint   NOT NULL
);
CREATE INDEX decisions_lead ON decisions (lead);

-- What was refused at the doors.
CREATE TABLE rejects (
  seq        bigint PRIMARY KEY,
  received   bigint NOT NULL,
  source     bigint NOT NULL,
  place      bigint NOT NULL, -- in its batch, from 0
  message_id text   NOT NULL,
  code       text   NOT NULL,
  message    text   NOT NULL,
  body       bytea
);

-- Write keys; the keys themselves are not kept.
CREATE TABLE keys (
  id       bigint  PRIMARY KEY,
  hash     bytea   NOT NULL,
  hint     text    NOT NULL,
  kind     text    NOT NULL,
  name     text    NOT NULL,
  created  bigint  NOT NULL,
  disabled boolean NOT NULL
);
CREATE UNIQUE INDEX keys_hash ON keys (hash);

-- Published playbooks. Rows are never changed or deleted.
CREATE TABLE playbooks (
  version   bigint PRIMARY KEY,
  published bigint NOT NULL,
  note      text   NOT NULL,
  source    bytea
);

-- Named counters.
CREATE TABLE counters (
  name text   PRIMARY KEY,
  n    bigint NOT NULL
);
