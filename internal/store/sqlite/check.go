package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"

	"galena/internal/fault"
	"galena/internal/phrase"
)

var (
	integrity = define(`PRAGMA integrity_check`)
	sizes     = define(`SELECT (SELECT user_version FROM pragma_user_version),
		(SELECT count(*) FROM events), (SELECT leads FROM workspace), (SELECT count(*) FROM identifiers)`)
)

// rules are what must hold between tables, each with a query that counts the
// rows that break it. No foreign keys say it: most ids of leads refer to one
// that has no row, because it was joined or is only a visitor.
var rules = []struct {
	name  string
	count *query
}{
	{"places of the log that are missing", define(`SELECT coalesce(max(seq), 0) - count(*) FROM events`)},
	{"events of leads that never existed", define(`SELECT count(*) FROM events, workspace WHERE lead NOT BETWEEN 1 AND last_lead`)},
	{"identifiers held by leads that were joined", define(`SELECT count(*) FROM identifiers JOIN joins ON child = lead`)},
	{"members of accounts that are not kept, or that are no surviving leads", define(`SELECT count(*) FROM members
		WHERE account NOT IN (SELECT name FROM accounts) OR lead IN (SELECT child FROM joins)`)},
	{"joins that lead to no surviving lead", define(`SELECT count(*) FROM joins AS j JOIN joins AS k ON k.child = j.survivor`)},
}

// Check reads the whole database and tells what it found, a line each. The error
// says that the database is damaged (the lines say where) or could not be read.
func (s *Store) Check(ctx context.Context) ([]phrase.Phrase, error) {
	var lines []phrase.Phrase
	damaged := false
	err := s.withReader(ctx, func(on *handle) error {
		view := &snapshot{ctx: ctx, on: on, path: s.path, clock: s.clock}
		begun, err := s.begin(view)
		if begun {
			defer func() { on.broken = on.run(context.Background(), rollback) != nil }()
		}
		if err != nil {
			return err
		}
		if err := view.each(sizes, func(rows *sql.Rows) error {
			var version, events, leads, identifiers int64
			err := rows.Scan(&version, &events, &leads, &identifiers)
			lines = append(lines, phrase.New("schema %d: %d events, %d leads, %d identifiers", version, events, leads, identifiers))
			return err
		}); err != nil {
			return err
		}
		if err := view.each(integrity, func(rows *sql.Rows) error {
			var found string
			err := rows.Scan(&found)
			lines = append(lines, phrase.New("integrity: %s", found))
			damaged = damaged || found != "ok"
			return err
		}); err != nil {
			return err
		}
		broken := func(n int64, name string) {
			if n != 0 {
				lines = append(lines, phrase.New("%d %s", n, phrase.Term(name)))
				damaged = true
			}
		}
		for _, rule := range rules {
			var n int64
			if _, err := view.one(rule.count, &n); err != nil {
				return err
			}
			broken(n, rule.name)
		}
		return errors.Join(view.checkRows(broken), view.checkRuns(broken))
	})
	if err != nil {
		return lines, err
	}
	for _, file := range []struct{ said, path string }{{"%.1f MB", s.path}, {"log: %.1f MB", s.path + "-wal"}} {
		info, err := os.Stat(file.path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return lines, fault.Wrap(err, fault.Busy, "%s cannot be read; check that this user may read it.", file.path)
		}
		lines = append(lines, phrase.Phrase{English: file.said, Args: []any{float64(info.Size()) / 1e6}})
	}
	if damaged {
		return lines, fault.New(fault.Internal, "The database %s is damaged; stop Galena and restore it from the latest backup.", s.path)
	}
	return lines, nil
}
