-- What the floors above keep beside the leads: users, settings, views.
CREATE TABLE papers (
  drawer bytea NOT NULL, -- of which kind a paper is; any bytes
  name   bytea NOT NULL, -- within its drawer; any bytes, in their order
  text   bytea NOT NULL,
  PRIMARY KEY (drawer, name)
);
