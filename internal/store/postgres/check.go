package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"galena/internal/fault"
	"galena/internal/phrase"
)

var (
	// Reading everything takes as long as it takes.
	noTimeout = define(`SELECT set_config('statement_timeout', '0', true)`)
	sizes     = define(`SELECT (SELECT max(version) FROM migrations), (SELECT count(*) FROM events), (SELECT count(*) FROM leads WHERE kept),
		(SELECT count(*) FROM identifiers), current_setting('server_version'), pg_database_size(current_database()),
		pg_size_bytes(current_setting('shared_buffers')), pg_size_bytes(current_setting('max_wal_size'))`)
	// unsafe lists settings of the server under which what was acknowledged can be lost.
	unsafe = define(`SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off' ORDER BY name`)
)

// rules are what must hold between tables, each with a query that counts the
// rows that break it. No foreign keys say it: most ids of leads refer to one
// that may have been joined.
var rules = []struct {
	name  string
	count *query
}{
	{"places of the log that are missing", define(`SELECT last_seq - (SELECT count(*) FROM events WHERE seq BETWEEN 1 AND last_seq) FROM workspace`)},
	{"events after the end of the log", define(`SELECT count(*) FROM events, workspace WHERE seq > last_seq`)},
	{"events of leads that never existed", define(`SELECT count(*) FROM events AS e
		WHERE NOT EXISTS (SELECT 1 FROM leads WHERE id = e.lead) AND NOT EXISTS (SELECT 1 FROM joins WHERE child = e.lead)`)},
	{"rows of leads that were joined", define(`SELECT count(*) FROM leads JOIN joins ON child = id`)},
	{"leads missing from their count or counted twice", define(`SELECT abs(leads - (SELECT count(*) FROM leads WHERE kept)) FROM workspace`)},
	{"identifiers held by leads that do not survive", define(`SELECT count(*) FROM identifiers AS i WHERE NOT EXISTS (SELECT 1 FROM leads WHERE id = i.lead)`)},
	{"members of accounts that are not kept, or that are no surviving leads", define(`SELECT count(*) FROM members AS m
		WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE name = m.account) OR NOT EXISTS (SELECT 1 FROM leads WHERE id = m.lead)`)},
	{"decisions that were written twice", define(`SELECT count(*) FROM (
		SELECT (verb, at, event, from_stage, version) = (lag(verb) OVER one, lag(at) OVER one, lag(event) OVER one, lag(from_stage) OVER one, lag(version) OVER one) AS again
		FROM decisions WINDOW one AS (PARTITION BY lead, cycle, stage, nth ORDER BY id)) AS log WHERE again`)},
	{"joins that lead to no surviving lead", define(`SELECT count(*) FROM joins AS j WHERE NOT EXISTS (SELECT 1 FROM leads WHERE id = j.survivor)`)},
}

// Where a workspace is large, settings that a server comes with make it read pages
// from the system again and again, and write whole pages to its log after each of
// many checkpoints: with a million leads they cost a third of the events a second
// (docs/benchmarks.md, "PostgreSQL, a million leads").
const (
	largeSize     = 2 << 30
	enoughBuffers = 1 << 30
	enoughLog     = 4 << 30
)

// tight tells which settings of a server are small for a workspace; all are in bytes.
func tight(size, buffers, log int64) (lines []phrase.Phrase) {
	if size < largeSize {
		return nil
	}
	if buffers < enoughBuffers {
		lines = append(lines, phrase.New("shared_buffers is %d MB: a quarter of the server's memory would make it faster", buffers>>20))
	}
	if log < enoughLog {
		lines = append(lines, phrase.New("max_wal_size is %d MB: %d or more would make it faster, and the start after a crash longer", log>>20, 2*enoughLog>>20))
	}
	return lines
}

// Check reads the whole workspace and tells what it found, a line each; one that
// begins with "warning: " is about something that may do harm one day. The
// error says that the workspace is damaged (the lines say where) or could not be
// read. Whether the server's files are sound is for the server's own tools.
func (s *Store) Check(ctx context.Context) ([]phrase.Phrase, error) {
	end, err := s.turn(ctx, s.reading)
	if err != nil {
		return nil, err
	}
	defer end()
	view, release, err := s.begin(ctx, s.beginRead)
	if err != nil {
		return nil, err
	}
	defer release()
	view.answer = checkTimeout
	var lines []phrase.Phrase
	say := func(format string, args ...any) { lines = append(lines, phrase.New(format, args...)) }

	var version, events, leads, identifiers, size, buffers, log int64
	var server string
	err = view.run(
		step{query: noTimeout},
		step{query: sizes, row: func(rows pgx.Rows) error {
			return rows.Scan(&version, &events, &leads, &identifiers, &server, &size, &buffers, &log)
		}},
	)
	if err != nil {
		return nil, err
	}
	say("schema %d: %d events, %d leads, %d identifiers", version, events, leads, identifiers)
	say("PostgreSQL %s: %.1f MB", server, float64(size)/1e6)
	lines = append(lines, tight(size, buffers, log)...)
	err = view.each(unsafe, func(rows pgx.Rows) error {
		var setting string
		err := rows.Scan(&setting)
		say("warning: %s is off: a loss of power may lose what was acknowledged", setting)
		return err
	})
	damaged := false
	for _, rule := range rules {
		var n int64
		if err == nil {
			err = view.one(rule.count, []any{&n})
		}
		if n != 0 {
			say("%d %s", n, phrase.Term(rule.name))
			damaged = true
		}
	}
	if err == nil && damaged {
		err = fault.New(fault.Internal, "%s is damaged; stop Galena and restore it from the latest backup.", sentence(s.place))
	}
	return lines, err
}
