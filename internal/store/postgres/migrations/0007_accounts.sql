-- Companies. A row is changed only by who holds the row of the workspace.
CREATE TABLE accounts (
  name   bytea   PRIMARY KEY, -- any bytes, in their order
  change bigint  NOT NULL, -- how often the facts became others
  behind boolean NOT NULL, -- members may not have been told of the last change
  facts  bytea             -- JSON; NULL: none
);
CREATE INDEX accounts_behind ON accounts (name) WHERE behind;

-- Of which account a surviving lead is. A row is changed only by who holds the
-- lead's.
CREATE TABLE members (
  lead    bigint PRIMARY KEY,
  account bytea  NOT NULL,
  told    bigint NOT NULL -- the change of the account of which the lead was told
);
CREATE INDEX members_account ON members (account, lead);
CREATE INDEX members_told ON members (account, told);
