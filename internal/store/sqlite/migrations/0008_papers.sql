-- What the floors above keep beside the leads: users, settings, views.
CREATE TABLE papers (
  drawer TEXT NOT NULL, -- of which kind a paper is
  name   TEXT NOT NULL, -- within its drawer
  text   BLOB NOT NULL,
  PRIMARY KEY (drawer, name)
) STRICT, WITHOUT ROWID;
