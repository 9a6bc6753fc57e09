-- How many rows of the listing there are of each kind and stage: the sum of these.
-- Triggers keep it, as they keep what the rows come to by account. There are few
-- groups and many who write, so each adds a row of its own, and nobody waits for
-- another; whoever lists adds them up.
CREATE TABLE listing_people (
  kind   smallint NOT NULL,
  stage  text     COLLATE "C" NOT NULL,
  people bigint   NOT NULL
);

INSERT INTO listing_people SELECT kind, stage, count(*) FROM listing GROUP BY kind, stage;

CREATE FUNCTION listing_count_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO listing_people SELECT kind, stage, count(*) FROM came GROUP BY kind, stage;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO listing_people SELECT kind, stage, -count(*) FROM went GROUP BY kind, stage;
  ELSE
    INSERT INTO listing_people SELECT kind, stage, sum(n)
      FROM (SELECT kind, stage, 1 AS n FROM came UNION ALL SELECT kind, stage, -1 FROM went) AS changed GROUP BY kind, stage HAVING sum(n) <> 0;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER listing_people_come AFTER INSERT ON listing REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION listing_count_people();
CREATE TRIGGER listing_people_move AFTER UPDATE ON listing REFERENCING NEW TABLE AS came OLD TABLE AS went FOR EACH STATEMENT EXECUTE FUNCTION listing_count_people();
CREATE TRIGGER listing_people_go AFTER DELETE ON listing REFERENCING OLD TABLE AS went FOR EACH STATEMENT EXECUTE FUNCTION listing_count_people();
