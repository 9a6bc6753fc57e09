-- How many rows of the listing there are of each kind and stage. Triggers keep it, as
-- they keep what the rows come to by account.
CREATE TABLE listing_people (
  kind   INTEGER NOT NULL,
  stage  TEXT    NOT NULL,
  people INTEGER NOT NULL,
  PRIMARY KEY (kind, stage)
) STRICT, WITHOUT ROWID;

INSERT INTO listing_people SELECT kind, stage, count(*) FROM listing GROUP BY kind, stage;

-- Rows whose kind or stage changes are taken away and put anew.
CREATE TRIGGER listing_people_come AFTER INSERT ON listing BEGIN
  INSERT INTO listing_people VALUES (NEW.kind, NEW.stage, 1) ON CONFLICT (kind, stage) DO UPDATE SET people = people + 1;
END;

CREATE TRIGGER listing_people_go AFTER DELETE ON listing BEGIN
  UPDATE listing_people SET people = people - 1 WHERE kind = OLD.kind AND stage = OLD.stage;
END;
