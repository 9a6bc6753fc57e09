-- Companies. facts are JSON; NULL: none.
CREATE TABLE accounts (
  name   TEXT    PRIMARY KEY,
  change INTEGER NOT NULL, -- how often the facts became others
  behind INTEGER NOT NULL, -- 1: members may not have been told of the last change
  facts  BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX accounts_behind ON accounts (name) WHERE behind <> 0;

-- Of which account a surviving lead is.
CREATE TABLE members (
  lead    INTEGER PRIMARY KEY,
  account TEXT    NOT NULL,
  told    INTEGER NOT NULL -- the change of the account of which the lead was told
) STRICT;
CREATE INDEX members_account ON members (account);
CREATE INDEX members_told ON members (account, told);
