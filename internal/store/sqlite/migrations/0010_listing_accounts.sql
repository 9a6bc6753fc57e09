-- What the rows of the listing come to by account. Triggers keep it: rows are
-- written, joined away and erased in several places, and none may be forgotten.
CREATE TABLE listing_accounts (
  account TEXT    PRIMARY KEY,
  people  INTEGER NOT NULL,
  sum     INTEGER NOT NULL -- of main scores, in whole points; who is excluded counts nothing
) STRICT, WITHOUT ROWID;
CREATE INDEX listing_accounts_sum ON listing_accounts (sum DESC, account);

CREATE TABLE listing_groups (
  account TEXT    NOT NULL,
  kind    INTEGER NOT NULL,
  stage   TEXT    NOT NULL,
  people  INTEGER NOT NULL,
  PRIMARY KEY (account, kind, stage)
) STRICT, WITHOUT ROWID;

CREATE INDEX listing_of_account ON listing (account, score, lead) WHERE account <> '';

INSERT INTO listing_accounts SELECT account, count(*), sum(iif(exclusion = '', score, 0)) FROM listing WHERE account <> '' GROUP BY account;
INSERT INTO listing_groups SELECT account, kind, stage, count(*) FROM listing WHERE account <> '' GROUP BY account, kind, stage;

CREATE TRIGGER listing_comes AFTER INSERT ON listing WHEN NEW.account <> '' BEGIN
  INSERT INTO listing_accounts VALUES (NEW.account, 1, iif(NEW.exclusion = '', NEW.score, 0))
    ON CONFLICT (account) DO UPDATE SET people = people + 1, sum = sum + excluded.sum;
  INSERT INTO listing_groups VALUES (NEW.account, NEW.kind, NEW.stage, 1)
    ON CONFLICT (account, kind, stage) DO UPDATE SET people = people + 1;
END;

CREATE TRIGGER listing_goes AFTER DELETE ON listing WHEN OLD.account <> '' BEGIN
  UPDATE listing_accounts SET people = people - 1, sum = sum - iif(OLD.exclusion = '', OLD.score, 0) WHERE account = OLD.account;
  DELETE FROM listing_accounts WHERE account = OLD.account AND people = 0;
  UPDATE listing_groups SET people = people - 1 WHERE account = OLD.account AND kind = OLD.kind AND stage = OLD.stage;
  DELETE FROM listing_groups WHERE account = OLD.account AND kind = OLD.kind AND stage = OLD.stage AND people = 0;
END;

-- Rows whose account, kind, stage or exclusion changes are taken away and put anew.
CREATE TRIGGER listing_moves AFTER UPDATE OF score ON listing
  WHEN NEW.account <> '' AND NEW.exclusion = '' AND NEW.score <> OLD.score BEGIN
  UPDATE listing_accounts SET sum = sum + NEW.score - OLD.score WHERE account = NEW.account;
END;
