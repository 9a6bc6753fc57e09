package postgres

import (
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"galena/internal/store"
)

var (
	addCounts = define(`INSERT INTO counters (name, n) SELECT * FROM unnest($1::text[], $2::bigint[])
		ON CONFLICT (name) DO UPDATE SET n = counters.n + excluded.n`)
	addLeads    = define(`UPDATE workspace SET leads = leads + $1::bigint`)
	countAll    = define(`SELECT leads, last_seq, last_reject, last_decision FROM workspace`)
	allCounters = define(`SELECT name, n FROM counters`)
)

func (t *tx) Count(name string, n int64) error {
	t.counts[name] += n
	return t.err
}

// countSteps write the counts that wait, in the order of their names, and then
// the number of leads.
func (t *tx) countSteps() []step {
	var steps []step
	if len(t.counts) > 0 {
		names := slices.Sorted(maps.Keys(t.counts))
		packed, counts := make([]string, len(names)), make([]int64, len(names))
		for i, name := range names {
			packed[i], counts[i] = pack(name), t.counts[name]
		}
		clear(t.counts)
		steps = append(steps, step{query: addCounts, args: []any{packed, counts}})
	}
	if t.more != 0 {
		steps = append(steps, step{query: addLeads, args: []any{t.more}})
		t.more = 0
	}
	return steps
}

func (t *tx) Counts() (store.Counts, error) {
	if err := t.flush(); err != nil {
		return store.Counts{}, err
	}
	return t.snapshot.Counts()
}

func (s *snapshot) Counts() (store.Counts, error) {
	c := store.Counts{Named: map[string]int64{}}
	err := s.run(
		step{query: countAll, row: func(rows pgx.Rows) error { return rows.Scan(&c.Leads, &c.Events, &c.Rejects, &c.Decisions) }},
		step{query: allCounters, row: func(rows pgx.Rows) error {
			var name string
			var n int64
			if err := rows.Scan(&name, &n); err != nil {
				return err
			}
			plain, err := unpack(name)
			c.Named[plain] = n
			return err
		}},
	)
	if err != nil {
		return store.Counts{}, err
	}
	return c, nil
}
