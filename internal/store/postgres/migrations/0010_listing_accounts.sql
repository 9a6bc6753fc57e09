-- What the rows of the listing come to by account. Triggers keep it: rows are
-- written, joined away and erased in several places, and none may be forgotten.
CREATE TABLE listing_accounts (
  account text   COLLATE "C" PRIMARY KEY,
  people  bigint NOT NULL,
  sum     bigint NOT NULL -- of main scores, in whole points; who is excluded counts nothing
);
CREATE INDEX listing_accounts_sum ON listing_accounts (sum DESC, account);

CREATE TABLE listing_groups (
  account text     COLLATE "C" NOT NULL,
  kind    smallint NOT NULL,
  stage   text     COLLATE "C" NOT NULL,
  people  bigint   NOT NULL,
  PRIMARY KEY (account, kind, stage)
);

CREATE INDEX listing_of_account ON listing (account, score, lead) WHERE account <> '';

INSERT INTO listing_accounts SELECT account, count(*), sum(CASE WHEN exclusion = '' THEN score ELSE 0 END) FROM listing WHERE account <> '' GROUP BY account;
INSERT INTO listing_groups SELECT account, kind, stage, count(*) FROM listing WHERE account <> '' GROUP BY account, kind, stage;

-- What falls to nobody is taken away at once, and found by these.
CREATE INDEX listing_accounts_empty ON listing_accounts (account) WHERE people = 0;
CREATE INDEX listing_groups_empty ON listing_groups (account) WHERE people = 0;

-- Once for a statement, in the order of the names, so that two writers wait for each
-- other and seldom block each other.
CREATE FUNCTION listing_sum_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  more text := 'SELECT account, kind, stage, CASE WHEN exclusion = '''' THEN score ELSE 0 END AS points, 1 AS n FROM came';
  less text := 'SELECT account, kind, stage, CASE WHEN exclusion = '''' THEN -score ELSE 0 END AS points, -1 AS n FROM went';
  changes text := CASE TG_OP WHEN 'INSERT' THEN more WHEN 'DELETE' THEN less ELSE more || ' UNION ALL ' || less END;
BEGIN
  EXECUTE 'INSERT INTO listing_accounts AS a SELECT account, sum(n)::bigint, sum(points)::bigint FROM (' || changes || ') AS c
    WHERE account <> '''' GROUP BY account HAVING sum(n) <> 0 OR sum(points) <> 0 ORDER BY account
    ON CONFLICT (account) DO UPDATE SET people = a.people + excluded.people, sum = a.sum + excluded.sum';
  EXECUTE 'INSERT INTO listing_groups AS g SELECT account, kind, stage, sum(n)::bigint FROM (' || changes || ') AS c
    WHERE account <> '''' GROUP BY account, kind, stage HAVING sum(n) <> 0 ORDER BY account, kind, stage
    ON CONFLICT (account, kind, stage) DO UPDATE SET people = g.people + excluded.people';
  DELETE FROM listing_accounts WHERE people = 0;
  DELETE FROM listing_groups WHERE people = 0;
  RETURN NULL;
END $$;
CREATE TRIGGER listing_comes AFTER INSERT ON listing REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION listing_sum_up();
CREATE TRIGGER listing_moves AFTER UPDATE ON listing REFERENCING NEW TABLE AS came OLD TABLE AS went FOR EACH STATEMENT EXECUTE FUNCTION listing_sum_up();
CREATE TRIGGER listing_goes AFTER DELETE ON listing REFERENCING OLD TABLE AS went FOR EACH STATEMENT EXECUTE FUNCTION listing_sum_up();
