-- What is random is no longer written where it belongs with every commit. The
-- log and a journal of rows are appended to; indexes are runs of sorted keys, and
-- rows of leads are brought into their table many at a time. All that is behind
-- the marks is made from the log and the journal, the first time over the whole
-- log.

DROP INDEX events_hash;
DROP INDEX events_lead;

-- The rows of leads that one commit put, in the order in which they were put.
CREATE TABLE journal (
  id   INTEGER PRIMARY KEY,
  rows BLOB NOT NULL
) STRICT;

-- An index of a stretch of the log: sorted keys of 16 bytes in blocks.
CREATE TABLE runs (
  id     INTEGER PRIMARY KEY,
  kind   INTEGER NOT NULL, -- 1: ten bytes of a message's hash and seq; 2: lead and seq
  keys   INTEGER NOT NULL, -- how many
  filter BLOB    NOT NULL, -- a Bloom filter of the first 8 bytes
  fences BLOB    NOT NULL  -- the first key of each block
) STRICT;

CREATE TABLE blocks (
  id   INTEGER PRIMARY KEY, -- run * 2^24 + number in the run
  keys BLOB NOT NULL
) STRICT;

-- The one row says how far the write-back has come: the last event that is in
-- runs, the last entry of the journal whose rows are in table leads.
CREATE TABLE marks (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  seq   INTEGER NOT NULL,
  entry INTEGER NOT NULL,
  erase INTEGER NOT NULL -- 1: files may still show what an erasure took away
) STRICT;
INSERT INTO marks (one, seq, entry, erase) VALUES (1, 0, 0, 0);

-- The number of leads is counted with each commit, not when rows come into the table.
DROP TRIGGER leads_more;
DROP TRIGGER leads_less;
