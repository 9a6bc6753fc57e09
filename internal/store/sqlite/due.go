package sqlite

import (
	"cmp"
	"database/sql"
	"math"
	"slices"

	"galena/internal/lead"
	"galena/internal/store"
)

const (
	// lookedUp is how many rows that are due are looked up at once: all tails are gone
	// through for it, and after an import they are full of such.
	lookedUp = 4096
	// lookAhead is how far beyond the moment asked for, so that they are not gone
	// through again a moment later.
	lookAhead = 5 * lead.Second
)

var (
	leadsDue = define(`SELECT id, wake_at, state FROM leads
		WHERE wake_at <> 0 AND wake_at <= ?1 AND (wake_at, id) > (?2, ?3) ORDER BY wake_at, id LIMIT ?4`)
	placesDue = define(`SELECT id, wake_at FROM leads
		WHERE wake_at <> 0 AND wake_at <= ?1 AND (wake_at, id) > (?2, ?3) ORDER BY wake_at, id LIMIT ?4`)
)

// wakePlace is where a row stands among those that are due.
type wakePlace struct {
	at lead.Time
	id lead.ID
}

func placeOf(row *store.LeadRow) wakePlace { return wakePlace{row.WakeAt, row.ID} }

func (p wakePlace) compare(q wakePlace) int {
	return cmp.Or(cmp.Compare(p.at, q.at), cmp.Compare(p.id, q.id))
}

// behind is after all places of a moment.
func behind(at lead.Time) wakePlace { return wakePlace{at, math.MaxInt64} }

// byWaking is the order in which leads are due.
func byWaking(a, b *store.LeadRow) int { return placeOf(a).compare(placeOf(b)) }

// waking is what the writer knows of rows that are due: the places of all that stand
// up to end, among places that rows have left since.
type waking struct {
	found []wakePlace // in order
	later []wakePlace // of rows that were put since
	end   wakePlace   // the zero one is before all
	// passed is a place among those of the table: of the rows up to it, tails know
	// better.
	passed wakePlace
}

// knows says whether it is known what is due at a moment.
func (w *waking) knows(at lead.Time) bool { return w.end.at > at || w.end == behind(at) }

// forget is called when a transaction has failed.
func (w *waking) forget() { w.found, w.later, w.end = nil, nil, wakePlace{} }

// put tells of a row that was put.
func (w *waking) put(row *store.LeadRow) {
	p := placeOf(row)
	if p.at == 0 || p.compare(w.end) > 0 {
		return
	}
	if w.later = append(w.later, p); len(w.later) > lookedUp {
		w.forget()
	}
}

// alone tells of a row that is in the table alone.
func (w *waking) alone(row *store.LeadRow) {
	if p := placeOf(row); p.at != 0 && p.compare(w.passed) <= 0 {
		w.passed = wakePlace{p.at, p.id - 1}
	}
}

// Due goes by places that were looked up before, as far as rows still stand there.
func (t *tx) Due(at lead.Time, limit int) ([]store.LeadRow, error) {
	if limit <= 0 {
		return nil, t.err
	}
	for {
		rows, err := t.dueAsKnown(at, limit)
		if err != nil || len(rows) == limit || t.waking.knows(at) {
			return rows, err
		}
		if err := t.lookUp(at, max(limit, lookedUp)); err != nil {
			return nil, err
		}
	}
}

// dueAsKnown lists rows that are due and whose places are known, and forgets the
// places before them.
func (t *tx) dueAsKnown(at lead.Time, limit int) ([]store.LeadRow, error) {
	w := t.waking
	places := slices.Clone(w.later)
	t.own.eachRow(t.at, func(v *version) {
		if p := placeOf(&v.row); p.at != 0 && p.compare(w.end) <= 0 {
			places = append(places, p)
		}
	})
	within, _ := slices.BinarySearchFunc(w.found, behind(at), wakePlace.compare)
	places = slices.DeleteFunc(append(places, w.found[:within]...), func(p wakePlace) bool { return p.at > at })
	slices.SortFunc(places, wakePlace.compare)
	places = slices.Compact(places)

	var rows []store.LeadRow
	for len(places) > 0 && len(rows) < limit {
		some := places[:min(limit-len(rows), len(places))]
		places = places[len(some):]
		ids := make([]lead.ID, len(some))
		for i := range some {
			ids[i] = some[i].id
		}
		states, err := t.States(ids)
		if err != nil {
			return nil, err
		}
		for _, p := range some {
			if row, there := states[p.id]; there && row.WakeAt == p.at {
				rows = append(rows, row)
			}
		}
	}
	first := behind(at)
	if len(rows) > 0 {
		first = placeOf(&rows[0])
	}
	gone, _ := slices.BinarySearchFunc(w.found, first, wakePlace.compare)
	w.found = w.found[gone:]
	w.later = slices.DeleteFunc(w.later, func(p wakePlace) bool { return p.compare(first) < 0 })
	return rows, nil
}

// lookUp finds the first n places that are due at a moment, and if they are fewer
// what is due soon after. It begins where it found the first row of the table that
// counts when it was asked last: after an import there may be a tail full of others
// before that.
func (t *tx) lookUp(at lead.Time, n int) error {
	w := t.waking
	for more := true; more; {
		places, err := list(&t.snapshot, placesDue, scanPlace, int64(at), int64(w.passed.at), int64(w.passed.id), int64(n))
		if err != nil {
			return err
		}
		more = len(places) == n
		for i := range places {
			if !t.committed(places[i].ID) {
				more = false
				break
			}
			w.passed = placeOf(&places[i])
		}
	}
	if at < lead.Never.Add(-lookAhead) {
		at = at.Add(lookAhead)
	}
	rows, err := t.dueAfter(placesDue, scanPlace, w.passed, at, n)
	if err != nil {
		return err
	}
	w.found, w.later, w.end = make([]wakePlace, len(rows)), nil, behind(at)
	for i := range rows {
		w.found[i] = placeOf(&rows[i])
	}
	if len(rows) == n {
		w.end = w.found[n-1]
	}
	return nil
}

// committed says whether a tail has a row of a lead that is there also when this
// transaction fails.
func (t *tx) committed(id lead.ID) bool {
	for _, before := range t.tails[1:] {
		if before.row(id, t.at) != nil {
			return true
		}
	}
	return false
}

func scanPlace(rows *sql.Rows, l *store.LeadRow) error { return rows.Scan(&l.ID, &l.WakeAt) }

func (s *snapshot) Due(at lead.Time, limit int) ([]store.LeadRow, error) {
	return s.dueAfter(leadsDue, scanLead, wakePlace{}, at, limit)
}

// dueAfter merges the table, as a query reads it from a place on, with what the tails
// know better.
func (s *snapshot) dueAfter(q *query, scan func(*sql.Rows, *store.LeadRow) error, from wakePlace, at lead.Time, limit int) ([]store.LeadRow, error) {
	return s.overlaid(limit,
		func(last *store.LeadRow) ([]store.LeadRow, error) {
			if last != nil {
				from = placeOf(last)
			}
			return list(s, q, scan, int64(at), int64(from.at), int64(from.id), int64(limit))
		},
		func(t *tail) bool { return t.anyDue(at) },
		func(row *store.LeadRow) bool { return row.WakeAt != 0 && row.WakeAt <= at },
		byWaking)
}
