-- Leads as they are listed. Of each order there is an index that begins with the
-- kind: visitors outnumber everybody else. Texts hold no zero byte, and are ordered
-- by their bytes.
CREATE TABLE listing (
  lead        bigint   PRIMARY KEY,
  kind        smallint NOT NULL, -- 1: visitor, 2: contact, 3: lead
  stage       text     COLLATE "C" NOT NULL,
  stage_since bigint   NOT NULL,
  score       bigint   NOT NULL, -- the main one, in whole points
  scores      jsonb    NOT NULL, -- whole points by name
  grade       text     COLLATE "C" NOT NULL,
  account     text     COLLATE "C" NOT NULL,
  first_seen  bigint   NOT NULL,
  last_seen   bigint   NOT NULL,
  name        text     COLLATE "C" NOT NULL,
  name_key    text     COLLATE "C" NOT NULL, -- in lower case
  email       text     COLLATE "C" NOT NULL,
  email_key   text     COLLATE "C" NOT NULL,
  title       text     COLLATE "C" NOT NULL,
  company     text     COLLATE "C" NOT NULL,
  exclusion   text     COLLATE "C" NOT NULL, -- why; '' for who is not
  changes_at  bigint   NOT NULL  -- 0: nothing will change by itself
);
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
  lead   bigint NOT NULL,
  name   text   COLLATE "C" NOT NULL,
  key    text   COLLATE "C" NOT NULL, -- the text in lower case
  shown  text   COLLATE "C",          -- the text; NULL: the same
  number float8,                      -- NULL: it is none
  PRIMARY KEY (lead, name, key)
);
CREATE INDEX listing_facts_key ON listing_facts (name, key, lead);
CREATE INDEX listing_facts_number ON listing_facts (name, number, lead) WHERE number IS NOT NULL;

-- How far the listing has come.
CREATE TABLE listing_mark (
  one     smallint PRIMARY KEY CHECK (one = 1),
  seq     bigint   NOT NULL, -- of the log
  form    bigint   NOT NULL, -- how rows were derived, and under which version of the
  version bigint   NOT NULL, -- playbook, when all leads were last gone through
  reached bigint   NOT NULL, -- the last lead that was looked at then
  over    boolean  NOT NULL
);
INSERT INTO listing_mark VALUES (1, 0, 0, 0, 0, false);
