-- What is refused again, as by an import that is repeated, is kept once.
ALTER TABLE rejects ADD COLUMN identity BLOB;
CREATE UNIQUE INDEX rejects_identity ON rejects (identity);
