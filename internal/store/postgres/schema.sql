-- What the migrations add up to. Written by go test -update; do not edit.

CREATE TABLE accounts (
  name bytea NOT NULL,
  change bigint NOT NULL,
  behind boolean NOT NULL,
  facts bytea
);
ALTER TABLE accounts ADD CONSTRAINT accounts_pkey PRIMARY KEY (name);
CREATE INDEX accounts_behind ON accounts USING btree (name) WHERE behind;

CREATE TABLE counters (
  name text NOT NULL,
  n bigint NOT NULL
);
ALTER TABLE counters ADD CONSTRAINT counters_pkey PRIMARY KEY (name);

CREATE TABLE decisions (
  id bigint NOT NULL,
  lead bigint NOT NULL,
  cycle bigint NOT NULL,
  stage text NOT NULL,
  from_stage text NOT NULL,
  role text NOT NULL,
  nth bigint NOT NULL,
  at bigint NOT NULL,
  event text NOT NULL,
  version bigint NOT NULL,
  verb smallint NOT NULL,
  recorded bigint NOT NULL,
  silent boolean NOT NULL,
  reason text NOT NULL
);
ALTER TABLE decisions ADD CONSTRAINT decisions_pkey PRIMARY KEY (id);
CREATE INDEX decisions_lead ON decisions USING btree (lead);

CREATE TABLE events (
  seq bigint NOT NULL,
  lead bigint NOT NULL,
  hash bytea NOT NULL,
  message_id text NOT NULL,
  type smallint NOT NULL,
  name text NOT NULL,
  user_id text NOT NULL,
  anonymous_id text NOT NULL,
  group_id text NOT NULL,
  previous_id text NOT NULL,
  email text NOT NULL,
  company text NOT NULL,
  origin smallint NOT NULL,
  source bigint NOT NULL,
  occurred bigint NOT NULL,
  received bigint NOT NULL,
  backfill boolean NOT NULL,
  sanitised boolean NOT NULL,
  body bytea,
  phone text NOT NULL
);
ALTER TABLE events ADD CONSTRAINT events_pkey PRIMARY KEY (seq);
CREATE INDEX events_lead ON events USING btree (lead);
CREATE UNIQUE INDEX events_hash ON events USING btree (hash);

CREATE SEQUENCE identifier_ids INCREMENT BY 1;

CREATE TABLE identifiers (
  id bigint NOT NULL,
  digest bytea NOT NULL,
  kind smallint NOT NULL,
  value text NOT NULL,
  lead bigint NOT NULL,
  origin bigint NOT NULL,
  display text NOT NULL,
  since bigint NOT NULL
);
ALTER TABLE identifiers ADD CONSTRAINT identifiers_pkey PRIMARY KEY (id);
CREATE INDEX identifiers_lead ON identifiers USING btree (lead);
CREATE UNIQUE INDEX identifiers_digest ON identifiers USING btree (digest);

CREATE TABLE joins (
  child bigint NOT NULL,
  parent bigint NOT NULL,
  survivor bigint NOT NULL,
  at bigint NOT NULL,
  event text NOT NULL
);
ALTER TABLE joins ADD CONSTRAINT joins_pkey PRIMARY KEY (child);
CREATE INDEX joins_survivor ON joins USING btree (survivor);

CREATE TABLE keys (
  id bigint NOT NULL,
  hash bytea NOT NULL,
  hint text NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  created bigint NOT NULL,
  disabled boolean NOT NULL
);
ALTER TABLE keys ADD CONSTRAINT keys_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX keys_hash ON keys USING btree (hash);

CREATE SEQUENCE lead_ids INCREMENT BY 32;

CREATE TABLE leads (
  id bigint NOT NULL,
  wake_at bigint NOT NULL,
  kept boolean NOT NULL,
  state bytea,
  due bigint NOT NULL
);
ALTER TABLE leads ADD CONSTRAINT leads_pkey PRIMARY KEY (id);
CREATE INDEX leads_due ON leads USING btree (due, id) WHERE (due <> 0);

CREATE TABLE listing (
  lead bigint NOT NULL,
  kind smallint NOT NULL,
  stage text NOT NULL,
  stage_since bigint NOT NULL,
  score bigint NOT NULL,
  scores jsonb NOT NULL,
  grade text NOT NULL,
  account text NOT NULL,
  first_seen bigint NOT NULL,
  last_seen bigint NOT NULL,
  name text NOT NULL,
  name_key text NOT NULL,
  email text NOT NULL,
  email_key text NOT NULL,
  title text NOT NULL,
  company text NOT NULL,
  exclusion text NOT NULL,
  changes_at bigint NOT NULL
);
ALTER TABLE listing ADD CONSTRAINT listing_pkey PRIMARY KEY (lead);
CREATE INDEX listing_account ON listing USING btree (kind, account, lead);
CREATE INDEX listing_changes ON listing USING btree (changes_at) WHERE (changes_at <> 0);
CREATE INDEX listing_email ON listing USING btree (kind, email_key, lead);
CREATE INDEX listing_exclusion ON listing USING btree (lead) WHERE (exclusion <> ''::text);
CREATE INDEX listing_first_seen ON listing USING btree (kind, first_seen, lead);
CREATE INDEX listing_last_seen ON listing USING btree (kind, last_seen, lead);
CREATE INDEX listing_name ON listing USING btree (kind, name_key, lead);
CREATE INDEX listing_of_account ON listing USING btree (account, score, lead) WHERE (account <> ''::text);
CREATE INDEX listing_score ON listing USING btree (kind, score, lead);
CREATE INDEX listing_stage ON listing USING btree (stage, lead) WHERE (stage <> ''::text);
CREATE INDEX listing_stage_since ON listing USING btree (kind, stage_since, lead);

CREATE TABLE listing_accounts (
  account text NOT NULL,
  people bigint NOT NULL,
  sum bigint NOT NULL
);
ALTER TABLE listing_accounts ADD CONSTRAINT listing_accounts_pkey PRIMARY KEY (account);
CREATE INDEX listing_accounts_empty ON listing_accounts USING btree (account) WHERE (people = 0);
CREATE INDEX listing_accounts_sum ON listing_accounts USING btree (sum DESC, account);

CREATE TABLE listing_facts (
  lead bigint NOT NULL,
  name text NOT NULL,
  key text NOT NULL,
  shown text,
  number double precision
);
ALTER TABLE listing_facts ADD CONSTRAINT listing_facts_pkey PRIMARY KEY (lead, name, key);
CREATE INDEX listing_facts_key ON listing_facts USING btree (name, key, lead);
CREATE INDEX listing_facts_number ON listing_facts USING btree (name, number, lead) WHERE (number IS NOT NULL);

CREATE TABLE listing_groups (
  account text NOT NULL,
  kind smallint NOT NULL,
  stage text NOT NULL,
  people bigint NOT NULL
);
ALTER TABLE listing_groups ADD CONSTRAINT listing_groups_pkey PRIMARY KEY (account, kind, stage);
CREATE INDEX listing_groups_empty ON listing_groups USING btree (account) WHERE (people = 0);

CREATE TABLE listing_mark (
  one smallint NOT NULL,
  seq bigint NOT NULL,
  form bigint NOT NULL,
  version bigint NOT NULL,
  reached bigint NOT NULL,
  over boolean NOT NULL
);
ALTER TABLE listing_mark ADD CONSTRAINT listing_mark_one_check CHECK ((one = 1));
ALTER TABLE listing_mark ADD CONSTRAINT listing_mark_pkey PRIMARY KEY (one);

CREATE TABLE listing_people (
  kind smallint NOT NULL,
  stage text NOT NULL,
  people bigint NOT NULL
);

CREATE TABLE members (
  lead bigint NOT NULL,
  account bytea NOT NULL,
  told bigint NOT NULL
);
ALTER TABLE members ADD CONSTRAINT members_pkey PRIMARY KEY (lead);
CREATE INDEX members_account ON members USING btree (account, lead);
CREATE INDEX members_told ON members USING btree (account, told);

CREATE TABLE migrations (
  version integer NOT NULL,
  applied timestamp with time zone NOT NULL
);
ALTER TABLE migrations ADD CONSTRAINT migrations_pkey PRIMARY KEY (version);

CREATE TABLE papers (
  drawer bytea NOT NULL,
  name bytea NOT NULL,
  text bytea NOT NULL
);
ALTER TABLE papers ADD CONSTRAINT papers_pkey PRIMARY KEY (drawer, name);

CREATE TABLE playbooks (
  version bigint NOT NULL,
  published bigint NOT NULL,
  note text NOT NULL,
  source bytea,
  author text NOT NULL,
  apply boolean NOT NULL,
  effects boolean NOT NULL
);
ALTER TABLE playbooks ADD CONSTRAINT playbooks_pkey PRIMARY KEY (version);

CREATE TABLE rejects (
  seq bigint NOT NULL,
  received bigint NOT NULL,
  source bigint NOT NULL,
  place bigint NOT NULL,
  message_id text NOT NULL,
  code text NOT NULL,
  message text NOT NULL,
  body bytea,
  identity bytea
);
ALTER TABLE rejects ADD CONSTRAINT rejects_pkey PRIMARY KEY (seq);
CREATE UNIQUE INDEX rejects_identity ON rejects USING btree (identity);

CREATE TABLE signatures (
  version bigint NOT NULL,
  place bigint NOT NULL,
  role text NOT NULL,
  name text NOT NULL,
  at bigint NOT NULL
);
ALTER TABLE signatures ADD CONSTRAINT signatures_pkey PRIMARY KEY (version, place);

CREATE TABLE sweep (
  one smallint NOT NULL,
  version bigint NOT NULL,
  reached bigint NOT NULL,
  leads bigint NOT NULL,
  over boolean NOT NULL
);
ALTER TABLE sweep ADD CONSTRAINT sweep_one_check CHECK ((one = 1));
ALTER TABLE sweep ADD CONSTRAINT sweep_pkey PRIMARY KEY (one);

CREATE TABLE workspace (
  one smallint NOT NULL,
  last_seq bigint NOT NULL,
  last_reject bigint NOT NULL,
  last_decision bigint NOT NULL,
  leads bigint NOT NULL,
  erasure_key bytea
);
ALTER TABLE workspace ADD CONSTRAINT workspace_one_check CHECK ((one = 1));
ALTER TABLE workspace ADD CONSTRAINT workspace_pkey PRIMARY KEY (one);
