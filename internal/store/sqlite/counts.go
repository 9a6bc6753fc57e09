package sqlite

import (
	"database/sql"

	"galena/internal/store"
)

var (
	addCount = define(`INSERT INTO counters (name, n) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET n = n + excluded.n`)
	// Numbers of tables from which nothing is deleted are their last ids;
	// counting rows would read them all.
	countAll = define(`SELECT leads,
		(SELECT coalesce(max(seq), 0) FROM events),
		(SELECT coalesce(max(seq), 0) FROM rejects),
		(SELECT coalesce(max(id), 0) FROM decisions)
		FROM workspace`)
	allCounters = define(`SELECT name, n FROM counters`)
)

func (t *tx) Count(name string, n int64) error {
	_, err := t.exec(addCount, name, n)
	return err
}

func (s *snapshot) Counts() (store.Counts, error) {
	c := store.Counts{Named: map[string]int64{}}
	err := s.each(countAll, func(rows *sql.Rows) error {
		return rows.Scan(&c.Leads, &c.Events, &c.Rejects, &c.Decisions)
	})
	if err != nil {
		return store.Counts{}, err
	}
	err = s.each(allCounters, func(rows *sql.Rows) error {
		var name string
		var n int64
		if err := rows.Scan(&name, &n); err != nil {
			return err
		}
		c.Named[name] = n
		return nil
	})
	return c, err
}
