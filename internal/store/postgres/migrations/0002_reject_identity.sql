-- What is refused again, as by an import that is repeated, is kept once.
ALTER TABLE rejects ADD COLUMN identity bytea;
CREATE UNIQUE INDEX rejects_identity ON rejects (identity);
