-- due is what the index of wake-ups knows: never after wake_at, and 0 only where
-- that is 0. Rows whose wake-up is put off, which most changes do, keep it, and so
-- can be changed within their pages, where a fifth is left free for that.
ALTER TABLE leads ADD COLUMN due bigint NOT NULL DEFAULT 0;
UPDATE leads SET due = wake_at;
ALTER TABLE leads ALTER COLUMN due DROP DEFAULT;
DROP INDEX leads_wake;
CREATE INDEX leads_due ON leads (due, id) WHERE due <> 0;
ALTER TABLE leads SET (fillfactor = 80);
